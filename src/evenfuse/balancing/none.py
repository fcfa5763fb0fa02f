"""No balancing: the fusion weights stay 1 and the gradient magnitudes are only measured."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.settings.run import BalancingSettings


class Balancer:
    """Leaves the fusion weights alone."""

    def __init__(self, settings: BalancingSettings, weights: Tensor):
        self.weights = weights

    def backward(
        self, loss: Tensor, last_maps: Sequence[nn.Parameter], share: float = 1.0
    ) -> dict[str, Tensor]:
        """Backpropagate the task loss; return g (7) per modality, if there are last maps."""
        before = [None if m.grad is None else m.grad.clone() for m in last_maps]
        (share * loss).backward()
        magnitudes = [
            (m.grad if old is None else m.grad - old).abs().mean() / share
            for m, old in zip(last_maps, before, strict=True)
            if m.grad is not None
        ]
        return {"g": torch.stack(magnitudes)} if magnitudes else {}

    def step(self) -> dict[str, Tensor]:
        """Return w (modality,), which is 1, if there are last maps."""
        return {"w": self.weights.clone()} if len(self.weights) else {}
