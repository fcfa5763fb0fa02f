"""Low-rank fusion of sequences that may differ in length."""

import torch
from torch import Tensor, nn

from evenfuse.nn.products import LowRankProduct
from evenfuse.nn.sequences import States


class SequenceFusion(nn.Module):
    """Low-rank fusion of all modalities at every step (arXiv 2007.02038, section 3.1).

    Each sequence is first averaged down to the length of the shortest one in the segment.
    """

    def __init__(self, modalities: int, width: int, rank: int):
        super().__init__()
        self.product = LowRankProduct([width] * modalities, rank, width)

    def forward(self, sequences: list[States]) -> States:
        """Fuse sequences (batch, time_i, width) to one (batch, shortest time, width)."""
        shortest = torch.stack([s.lengths for s in sequences]).amin(dim=0)
        states = [averages(s, shortest) @ s.states for s in sequences]
        return States(self.product(states), shortest)


def averages(sequence: States, lengths: Tensor) -> Tensor:
    """Return weights (batch, new time, time) that average a sequence down to `lengths` (batch,).

    With n real steps and m new ones, new step i is the mean of the steps from floor(i n / m) up to,
    but not including, ceil((i + 1) n / m). Every step counts, and nothing changes if m = n.
    """
    row = torch.arange(int(lengths.max()), device=lengths.device)[:, None]
    column = torch.arange(sequence.states.shape[1], device=lengths.device)
    old, new = sequence.lengths[:, None, None], lengths[:, None, None]
    begin, end = row * old // new, -(-(row + 1) * old // new)
    return ((begin <= column) & (column < end)) / (end - begin)
