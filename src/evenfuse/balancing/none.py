"""No balancing: the fusion weights stay 1 and the gradient magnitudes are only measured."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.settings.run import BalancingSettings


class Balancer:
    """Leaves the fusion weights alone."""

    def __init__(self, settings: BalancingSettings, weights: Tensor):
        self.weights = weights

    def backward(self, loss: Tensor, last_maps: Sequence[nn.Parameter]) -> dict[str, Tensor]:
        """Backpropagate the task loss; return g (7) and w per modality, if there are last maps."""
        loss.backward()
        magnitudes = [
            last_map.grad.abs().mean() for last_map in last_maps if last_map.grad is not None
        ]
        if not magnitudes:
            return {}
        return {"g": torch.stack(magnitudes), "w": self.weights.clone()}
