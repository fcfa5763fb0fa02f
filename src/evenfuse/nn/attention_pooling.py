"""Pooling over time by attention."""

from torch import Tensor, nn

from evenfuse.nn.pooling import real_steps
from evenfuse.nn.sequences import States


class AttentionPooling(nn.Module):
    """The mean of the real steps h_t with weights softmax(v tanh(W h_t)).

    Yang et al., "Hierarchical attention networks" (NAACL 2016), eq. (5)-(7).
    """

    def __init__(self, width: int):
        super().__init__()
        self.hidden = nn.Linear(width, width)
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, sequence: States) -> Tensor:
        """Turn states (batch, time, width) into (batch, width)."""
        states, lengths = sequence
        real = real_steps(states, lengths)
        scores = self.score(self.hidden(states).tanh())[..., 0]
        weights = scores.masked_fill(~real, -float("inf")).softmax(dim=1)
        # a weight of zero does not hide padding that is not a number
        pooled: Tensor = (weights[..., None] * states.masked_fill(~real[..., None], 0)).sum(dim=1)
        return pooled
