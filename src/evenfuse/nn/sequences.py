"""Sequences of states with their real lengths."""

from typing import NamedTuple

import torch
from torch import Tensor

from evenfuse.nn.pooling import last_real


class States(NamedTuple):
    """`states` (batch, time, width), of which the first `lengths` (batch,) are real."""

    states: Tensor
    lengths: Tensor

    def last(self) -> Tensor:
        """Return the last real state (batch, width)."""
        return last_real(self.states, self.lengths)


def side_by_side(sequences: list[States]) -> States:
    """Join sequences of the same lengths along their width."""
    return States(torch.cat([s.states for s in sequences], dim=2), sequences[0].lengths)
