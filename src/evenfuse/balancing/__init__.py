"""Balancers by name: every module here has a class `Balancer(settings, weights)`."""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from torch import Tensor, nn

from evenfuse.settings.run import BalancingSettings


class Balancing(Protocol):
    """What takes the place of ``loss.backward()`` in the training step."""

    def backward(self, loss: Tensor, last_maps: Sequence[nn.Parameter]) -> dict[str, Tensor]:
        """Backpropagate `loss`, step the fusion weights, return numbers per modality to log."""


def build(settings: BalancingSettings, weights: Tensor) -> Balancing:
    """Build the balancer of that name over the fusion weights (modality,)."""
    module = import_module(f"evenfuse.balancing.{settings.name}")
    balancer: Balancing = module.Balancer(settings, weights)
    return balancer
