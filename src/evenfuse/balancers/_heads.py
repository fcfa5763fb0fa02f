"""What balancers share that train a head of its own for each modality."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Self

import torch
from torch import Tensor, nn

from evenfuse.balancers import Forward, Fusion, none
from evenfuse.settings.balancers import BalancerSettings


class UnimodalHeads(nn.Module):
    """A linear map from each Z_i (batch, width) to what it predicts alone (batch, output)."""

    def __init__(self, widths: Sequence[int], outputs: int):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            # the model must be the same with and without these heads
            torch.manual_seed(torch.initial_seed())
            self.maps = nn.ModuleList(nn.Linear(width, outputs) for width in widths)

    def losses(self, forward: Forward) -> Tensor:
        """Return the mean loss l_i (modality,) of the predictions from each Z_i alone."""
        assert forward.segment_loss and forward.labels is not None
        return torch.stack(
            [
                forward.segment_loss(head(z.float()), forward.labels).mean()
                for head, z in zip(self.maps, forward.representations, strict=True)
            ]
        )


class WithHeads(none.Balancer):
    """Lowers the losses of unimodal heads beside the task's; the heads train with the model.

    Needs `representations`, `labels`, `segment_loss`.
    """

    def __init__(self, weights: Tensor, widths: Sequence[int], outputs: int = 1):
        super().__init__(weights)
        self.heads = UnimodalHeads(widths, outputs)

    @classmethod
    def build(cls, settings: BalancerSettings, fusion: Fusion) -> Self:
        """Build from settings, with a head for the width of each Z_i."""
        return cls(*fusion, **settings.arguments())


def with_loss(forward: Forward, loss: Tensor) -> Forward:
    """Return a pass whose auxiliary loss is higher by another one."""
    before = forward.auxiliary_loss
    return replace(forward, auxiliary_loss=loss if before is None else before + loss)
