"""B-fusion: fusion weights that even out how fast the modalities learn.

Luo, Wu, Liu and Tang (Journal of Software, 2024), eq. (6)-(10) and lines 9-18 of algorithm 1.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from evenfuse import balancers
from evenfuse.balancers import Forward
from evenfuse.balancers._parts import of_whole_step


class Balancer(balancers.Balancer):
    """Updates the fusion weights w (modality,) in place, one plain SGD step per step.

    `learning_rate` is lr_w of eq. (10); w is projected to at least `w_min`, which is above 0: at 0
    a modality has no gradient that could bring it back. g_i is floored at `g_eps`, r_i capped at
    `r_max`.
    """

    def __init__(
        self,
        weights: Tensor,
        learning_rate: float = 1.0,
        w_min: float = 1e-3,
        g_eps: float = 1e-8,
        r_max: float = 100.0,
    ):
        super().__init__(weights.requires_grad_())
        self.learning_rate = learning_rate
        self.w_min = w_min
        self.g_eps = g_eps
        self.r_max = r_max
        self.slope = torch.zeros_like(weights)
        self.accumulated: list[tuple[Forward, Sequence[Tensor]]] = []

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate and find dL_w/dw; both see the state before the step.

        g_i is of the task loss alone. The derivative of L_w by w is exact: w acts on g_i through
        the head alone, so the double backward goes through the head alone and differentiates no
        encoder twice.

        Returns the numbers per modality: g, r, dL_w/dw, and where g was floored or r capped. Where
        batches are accumulated, `step` returns them: g_i is of all of them together.
        """
        whole, maps = forward.share == 1, list(forward.projections)
        gradients = torch.autograd.grad(
            forward.task_loss, maps, create_graph=whole, retain_graph=True
        )
        logged: dict[str, Tensor] = {}
        if whole:
            magnitudes = mean_magnitudes(gradients)
            target, logged = self.threshold(magnitudes.detach())
            weight_loss = (magnitudes - target).abs().sum()
            self.slope += self._derivative(weight_loss)
            logged |= {"weight_loss": weight_loss.detach(), "slope": self.slope.clone()}
        else:
            self.accumulated.append((forward, gradients))
        forward.backward()
        return logged

    def step(self) -> dict[str, Tensor]:
        """Step w (10), projected to at least `w_min`; return it, and where it is at that floor."""
        logged = self._slope_of_all() if self.accumulated else {}
        with torch.no_grad():
            self.weights.sub_(self.learning_rate * self.slope)
            self.weights.clamp_(min=self.w_min)
            self.slope.zero_()
        at_floor = (self.weights.detach() <= self.w_min).to(self.weights)
        return {**logged, **super().step(), "at_floor": at_floor}

    def _slope_of_all(self) -> dict[str, Tensor]:
        """Find dL_w/dw of accumulated batches: linear in them, once all signs are known."""
        shares = [forward.share for forward, _ in self.accumulated]
        totals = of_whole_step(shares, [gradients for _, gradients in self.accumulated])
        magnitudes = mean_magnitudes(totals)
        target, logged = self.threshold(magnitudes)
        distances = magnitudes - target
        for forward, _ in self.accumulated:
            assert forward.task_loss_again is not None
            gradients = torch.autograd.grad(
                forward.task_loss_again(), list(forward.projections), create_graph=True
            )
            parts = zip(distances.sign(), totals, gradients, strict=True)
            linear = torch.stack([s * (t.sign() * g).mean() for s, t, g in parts]).sum()
            self.slope += forward.share * self._derivative(linear)
        self.accumulated.clear()
        return {**logged, "weight_loss": distances.abs().sum(), "slope": self.slope.clone()}

    def _derivative(self, value: Tensor) -> Tensor:
        (slope,) = torch.autograd.grad(value, self.weights, retain_graph=True)
        return slope

    def threshold(self, magnitudes: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the threshold gradients gbar r_i (8), (9), and the numbers behind them.

        All (modality,): g_i, r_i = max_k g_k / g_i, so that the slowest modality has the highest
        threshold, and where g_i or r_i hit a bound.
        """
        floor = magnitudes.clamp(min=self.g_eps)
        ratio = floor.max() / floor
        factors = ratio.clamp(max=self.r_max)
        return magnitudes.mean() * factors, {
            "g": magnitudes,
            "r": factors,
            "floored": (magnitudes < self.g_eps).to(magnitudes),
            "capped": (ratio > self.r_max).to(magnitudes),
        }


def mean_magnitudes(gradients: Sequence[Tensor]) -> Tensor:
    """Return g_i (modality,), the mean absolute value of each gradient, eq. (7)."""
    return torch.stack([gradient.abs().mean() for gradient in gradients])
