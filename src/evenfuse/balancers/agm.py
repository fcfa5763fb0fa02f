"""AGM: adaptive gradient modulation, by what each modality adds to the prediction.

Li, Li, Hu, Lei, Li and Zhu (ICCV 2023, arXiv 2308.07686). Published for classification; a loss of
regression in place of the cross-entropy is our reading (docs/balancing.md).
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import factorial

import torch
from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.balancers._parts import only
from evenfuse.balancers._window import InSomeEpochs, scale_below


class Balancer(InSomeEpochs):
    """Slows down the modalities whose own response is far ahead of what it usually is.

    The prediction is cut into responses phi_i that sum up to it, the Shapley values over subsets
    of modalities, the others being 0. s_i is the loss of phi_i; r_i = exp((mean(s) - s_i) K / (K -
    1)) is high where a modality leads, and tau_i is the same of the running means of s_i over all
    steps so far. What enters phi_i in the backward pass is multiplied by
    kappa_i = exp(alpha min(tau_i - r_i, cap)); with `scale="encoders"` the gradient by Z_i is.

    Needs `representations`, `labels`, `predict`, `segment_loss`.
    """

    shares: Tensor
    running: Tensor
    steps: Tensor

    def __init__(
        self,
        weights: Tensor,
        alpha: float = 1.0,
        cap: float = 7.0,
        scale: str = "responses",
        start: int = 0,
        end: int | None = None,
    ):
        super().__init__(weights, start, end)
        self.alpha = alpha
        self.cap = cap
        self.scale = scale
        self.register_buffer("running", torch.zeros(len(weights)))
        self.register_buffer("steps", torch.tensor(0))
        numbers = range(len(weights))
        self.subsets = [subset for subset in product((1, 0), repeat=len(weights)) if any(subset)]
        # how much of each subset's answer is in each phi_i (modality, subset)
        shares = torch.tensor([[_share(subset, i) for subset in self.subsets] for i in numbers])
        self.register_buffer("shares", shares, persistent=False)
        self.batches: list[Tensor] = []

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate scaled responses; return s, kappa, and g (7) after it."""
        answers = self.answers(forward)
        scores = self.scores(forward, answers.detach())
        factors = self.factors(scores) if self.acts() else torch.ones_like(scores)
        self.batches.append(forward.share * scores)
        if self.scale == "encoders":
            scale_below(forward, factors)
        else:
            forward = replace(forward, task_loss=self._scaled(forward, answers, factors))
        return {"s": scores, "kappa": factors, **super().backward(forward)}

    def step(self) -> dict[str, Tensor]:
        """Update the running means of s_i; return the fusion weights."""
        self.steps += 1
        self.running += (torch.stack(self.batches).sum(dim=0) - self.running) / self.steps
        self.batches.clear()
        return super().step()

    def answers(self, forward: Forward) -> Tensor:
        """Return the prediction (subset, batch, output) from each subset, all modalities first."""
        assert forward.predict
        return torch.stack(
            [forward.predict(only(forward.representations, kept)) for kept in self.subsets]
        )

    def scores(self, forward: Forward, answers: Tensor) -> Tensor:
        """Return s_i (modality,), the mean loss of each response."""
        assert forward.segment_loss and forward.labels is not None
        responses = torch.einsum("is,sbo->ibo", self.shares, answers)
        losses = [forward.segment_loss(response, forward.labels) for response in responses]
        return torch.stack(losses).mean(dim=1)

    def factors(self, scores: Tensor) -> Tensor:
        """Return kappa_i (modality,) from s_i and the running means before this step."""
        ahead = _lead(self.running) - _lead(scores)
        factors: Tensor = (self.alpha * ahead.clamp(max=self.cap)).exp()
        return factors

    def _scaled(self, forward: Forward, answers: Tensor, factors: Tensor) -> Tensor:
        """Return a loss whose gradient is the task's with each phi_i's part multiplied by kappa_i.

        The part of all modalities together is taken from the task loss itself, so that nothing
        changes where all kappa_i are 1.
        """
        assert forward.segment_loss and forward.labels is not None
        whole = answers[0].detach().requires_grad_()
        (entering,) = torch.autograd.grad(forward.segment_loss(whole, forward.labels).mean(), whole)
        kept = factors @ self.shares
        others = (entering * answers[1:]).flatten(start_dim=1).sum(dim=1)
        scaled: Tensor = kept[0] * forward.task_loss + kept[1:] @ others
        return scaled


def _lead(losses: Tensor) -> Tensor:
    """Return r_i (modality,), or tau_i, from the losses of the responses."""
    count = len(losses)
    lead: Tensor = ((losses.mean() - losses) * count / (count - 1)).exp()
    return lead


def _share(subset: Sequence[int], modality: int) -> float:
    """Return the Shapley weight of a subset's answer in the response of one modality."""
    others, count = sum(subset) - subset[modality], len(subset)
    weight = factorial(others) * factorial(count - others - 1) / factorial(count)
    return weight if subset[modality] else -weight
