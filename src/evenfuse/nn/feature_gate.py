"""A gate that weighs every feature at every time step."""

import torch
from torch import Tensor, nn

from evenfuse.nn.pooling import mean_of_real
from evenfuse.nn.sequences import States


class FeatureGate(nn.Module):
    """Multiplies x by sigmoid(W2 relu(W1 x + b1) + b2), which is 1/2 before any training.

    With `context`, W1 also sees the mean of x over the segment's real steps, as in
    squeeze-and-excitation (arXiv 1709.01507).
    """

    def __init__(self, width: int, reduction: int, context: bool):
        super().__init__()
        inner = max(width // reduction, 1)
        self.context = context
        self.squeeze = nn.Linear(2 * width if context else width, inner)
        self.excite = nn.Linear(inner, width)
        nn.init.zeros_(self.excite.weight)
        nn.init.zeros_(self.excite.bias)

    def forward(self, sequence: States) -> States:
        """Weigh states (batch, time, width)."""
        states, seen = sequence.states, sequence.states
        if self.context:
            mean = mean_of_real(states, sequence.lengths)[:, None].expand_as(states)
            seen = torch.cat([states, mean], dim=2)
        gates: Tensor = self.excite(self.squeeze(seen).relu()).sigmoid()
        return States(states * gates, sequence.lengths)
