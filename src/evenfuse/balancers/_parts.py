"""What several balancers compute from a step's batches and from some of its modalities."""

from collections.abc import Sequence

import torch
from torch import Tensor


def of_whole_step(shares: Sequence[float], gradients: Sequence[Sequence[Tensor]]) -> list[Tensor]:
    """Return each map's gradient over all accumulated batches, from those of (batch, map)."""
    return [
        torch.stack([share * part for share, part in zip(shares, own, strict=True)]).sum(dim=0)
        for own in zip(*gradients, strict=True)
    ]


def only(representations: Sequence[Tensor], kept: Sequence[int | bool]) -> list[Tensor]:
    """Return all Z_i, with 0 in place of those that are not kept."""
    pairs = zip(representations, kept, strict=True)
    return [z if keep else torch.zeros_like(z) for z, keep in pairs]
