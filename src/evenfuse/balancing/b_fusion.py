"""B-fusion: fusion weights that even out how fast the modalities learn.

Luo, Wu, Liu and Tang (Journal of Software, 2024), eq. (6)-(10) and lines 9-18 of algorithm 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.settings.run import BalancingSettings


class Balancer:
    """Updates the fusion weights w in place, one plain SGD step per step of the optimizer."""

    def __init__(self, settings: BalancingSettings, weights: Tensor):
        self.settings = settings
        self.weights = weights.requires_grad_()
        self.slope = torch.zeros_like(weights)

    def backward(
        self, loss: Tensor, last_maps: Sequence[nn.Parameter], share: float = 1.0
    ) -> dict[str, Tensor]:
        """Backpropagate the task loss and find dL_w/dw; both see the state before the step.

        The derivative of L_w by w is exact: w acts on g_i through the head alone, so the double
        backward goes through the head alone and differentiates no encoder twice.

        Returns the numbers per modality: g, r, dL_w/dw, and where g was floored or r capped.
        """
        gradients = torch.autograd.grad(loss, list(last_maps), create_graph=True)
        magnitudes = torch.stack([gradient.abs().mean() for gradient in gradients])
        target, factors, floored, capped = threshold(magnitudes.detach(), self.settings)
        weight_loss = (magnitudes - target).abs().sum()
        (slope,) = torch.autograd.grad(weight_loss, self.weights, retain_graph=True)
        self.slope += share * slope
        (share * loss).backward()
        return {
            "g": magnitudes.detach(),
            "r": factors,
            "slope": slope,
            "weight_loss": weight_loss.detach(),
            "floored": floored,
            "capped": capped,
        }

    @torch.no_grad()
    def step(self) -> dict[str, Tensor]:
        """Step w (10), projected to at least `w_min`; return it."""
        self.weights.sub_(self.settings.learning_rate * self.slope)
        self.weights.clamp_(min=self.settings.w_min)
        self.slope.zero_()
        return {"w": self.weights.detach().clone()}


def threshold(
    magnitudes: Tensor, settings: BalancingSettings
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Return the threshold gradients gbar * r_i (8), (9), r_i, and where g_i or r_i hit a bound.

    All (modality,). r_i = max_k g_k / g_i, so that the slowest modality has the highest threshold.
    """
    floor = magnitudes.clamp(min=settings.g_eps)
    ratio = floor.max() / floor
    factors = ratio.clamp(max=settings.r_max)
    floored = (magnitudes < settings.g_eps).to(magnitudes)
    return magnitudes.mean() * factors, factors, floored, (ratio > settings.r_max).to(magnitudes)
