"""Pooling over time that ignores padding."""

import torch
from torch import Tensor


def real_steps(states: Tensor, lengths: Tensor) -> Tensor:
    """Return which steps of (batch, time, ...) are not padding, as booleans (batch, time)."""
    return torch.arange(states.shape[1], device=states.device) < lengths[:, None]


def mean_of_real(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the mean (batch, feature) of (batch, time, feature) over the real steps."""
    real = real_steps(states, lengths)[..., None]
    return states.masked_fill(~real, 0).sum(dim=1) / lengths[:, None]


def last_real(states: Tensor, lengths: Tensor) -> Tensor:
    """Return the last real step (batch, feature) of (batch, time, feature)."""
    return states[torch.arange(len(states), device=states.device), lengths - 1]
