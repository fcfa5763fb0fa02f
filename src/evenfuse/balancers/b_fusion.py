"""B-fusion: fusion weights that even out how fast the modalities learn.

Luo, Wu, Liu and Tang (Journal of Software, 2024), eq. (6)-(10) and lines 9-18 of algorithm 1.
"""

import torch
from torch import Tensor

from evenfuse import balancers
from evenfuse.balancers import Forward


class Balancer(balancers.Balancer):
    """Updates the fusion weights w (modality,) in place, one plain SGD step per step.

    `learning_rate` is lr_w of eq. (10); w is projected to at least `w_min`; g_i is floored at
    `g_eps`, r_i capped at `r_max`.
    """

    def __init__(
        self,
        weights: Tensor,
        learning_rate: float = 1.0,
        w_min: float = 0.0,
        g_eps: float = 1e-8,
        r_max: float = 100.0,
    ):
        super().__init__(weights.requires_grad_())
        self.learning_rate = learning_rate
        self.w_min = w_min
        self.g_eps = g_eps
        self.r_max = r_max
        self.slope = torch.zeros_like(weights)

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate and find dL_w/dw; both see the state before the step.

        g_i is of the task loss alone. The derivative of L_w by w is exact: w acts on g_i through
        the head alone, so the double backward goes through the head alone and differentiates no
        encoder twice.

        Returns the numbers per modality: g, r, dL_w/dw, and where g was floored or r capped.
        """
        gradients = torch.autograd.grad(
            forward.task_loss, list(forward.projections), create_graph=True
        )
        magnitudes = torch.stack([gradient.abs().mean() for gradient in gradients])
        target, factors, floored, capped = self.threshold(magnitudes.detach())
        weight_loss = (magnitudes - target).abs().sum()
        (slope,) = torch.autograd.grad(weight_loss, self.weights, retain_graph=True)
        self.slope += forward.share * slope
        forward.backward()
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
        self.weights.sub_(self.learning_rate * self.slope)
        self.weights.clamp_(min=self.w_min)
        self.slope.zero_()
        return super().step()

    def threshold(self, magnitudes: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return the threshold gradients gbar r_i (8), (9), r_i, and where g_i or r_i hit a bound.

        All (modality,). r_i = max_k g_k / g_i, so that the slowest modality has the highest.
        """
        floor = magnitudes.clamp(min=self.g_eps)
        ratio = floor.max() / floor
        factors = ratio.clamp(max=self.r_max)
        floored = (magnitudes < self.g_eps).to(magnitudes)
        return magnitudes.mean() * factors, factors, floored, (ratio > self.r_max).to(magnitudes)
