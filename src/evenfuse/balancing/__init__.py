"""Balancers by name: every module here has a class `Balancer(settings, weights)`."""

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol

from torch import Tensor, nn

from evenfuse.settings.run import BalancingSettings


class Balancing(Protocol):
    """What takes the place of ``loss.backward()`` in the training step, and steps w."""

    def backward(
        self, loss: Tensor, last_maps: Sequence[nn.Parameter], share: float = 1.0
    ) -> dict[str, Tensor]:
        """Backpropagate `loss`, return numbers per modality to log.

        `share` is the batch's part of all segments in this step of the optimizer; it is below 1
        where several batches are accumulated. What is logged is of the batch alone.
        """

    def step(self) -> dict[str, Tensor]:
        """Step the fusion weights by what was accumulated; return them."""


def build(settings: BalancingSettings, weights: Tensor) -> Balancing:
    """Build the balancer of that name over the fusion weights (modality,)."""
    module = import_module(f"evenfuse.balancing.{settings.name}")
    balancer: Balancing = module.Balancer(settings, weights)
    return balancer
