"""Dropout with 16 random bits per number: on a CPU, torch draws 64 and takes five times as long."""

from collections.abc import Sequence
from math import prod

import torch
from torch import Generator, Tensor, nn

LEVELS = 1 << 16


def drop_factors(
    shape: Sequence[int], rate: float, dtype: torch.dtype, generator: Generator | None = None
) -> Tensor:
    """Return the factors of dropout: 0 with probability `rate`, else the one that keeps the mean.

    The rate is rounded to a multiple of 1/65536. The factors are on the CPU.
    """
    number = prod(shape)
    words = torch.empty(-(-number // 4), dtype=torch.int64)
    words.random_(-(1 << 63), None, generator=generator)
    dropped = min(round(rate * LEVELS), LEVELS - 1)
    kept = words.view(torch.int16)[:number].view(*shape) >= dropped - LEVELS // 2
    return kept.to(dtype).mul_(LEVELS / (LEVELS - dropped))


class Dropout(nn.Dropout):
    """The dropout of torch, but faster on a CPU."""

    def forward(self, states: Tensor) -> Tensor:
        """Drop numbers of a tensor of any shape, in training."""
        if not self.training or not self.p or states.device.type != "cpu":
            return super().forward(states)
        return states * drop_factors(states.shape, self.p, states.dtype)
