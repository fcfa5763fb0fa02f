"""MMPareto: directions that lower the task's loss and each modality's own loss at once.

Wei and Hu (ICML 2024, arXiv 2405.17730). Losses of regression are our reading, and so is one factor
per encoder where the public code has one per tensor (docs/balancing.md).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from evenfuse.balancers import Forward
from evenfuse.balancers._heads import WithHeads, with_loss

SHARES = (0.001, 0.999)  # of the task's gradient, where one of the two alone is shortest


class Balancer(WithHeads):
    """Joins, per encoder, the gradients of the task's loss and of a unimodal head's loss.

    g_m and g_u are these two. Where they agree (a positive cosine), their sum is taken; else
    h = 2 a g_m + 2 (1 - a) g_u, the direction of the shortest vector between them, made as long as
    their sum at least. Either is multiplied by `gamma`. Both heads get plain gradients.

    With `level="representation"` the gradients by Z_i (batch, width) say what a and the length
    are, which costs no second pass through the encoders; with "parameters", those by all
    parameters of an encoder.

    Needs `representations`, `labels`, `segment_loss`, and for "parameters" the encoders.
    """

    def __init__(
        self,
        weights: Tensor,
        widths: Sequence[int],
        outputs: int = 1,
        gamma: float = 1.5,
        level: str = "representation",
    ):
        super().__init__(weights, widths, outputs)
        self.gamma = gamma
        self.level = level
        self.unimodal: dict[nn.Parameter, Tensor] = {}

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate all losses; return the unimodal losses, and g (7) after it."""
        losses = self.heads.losses(forward)
        if self.level == "representation":
            logged = self._by_representations(forward, losses)
        else:
            logged = self._by_parameters(forward, losses)
        return {"unimodal_loss": losses.detach(), **logged}

    @torch.no_grad()
    def before_clipping(self, encoders: Sequence[Sequence[nn.Parameter]]) -> None:
        """Join the gradients of each encoder's parameters, if that is the level."""
        for encoder in encoders:
            trained = [p for p in encoder if p in self.unimodal and p.grad is not None]
            if trained:
                task = [p.grad for p in trained if p.grad is not None]
                unimodal = [self.unimodal[p] for p in trained]
                vectors = map(nn.utils.parameters_to_vector, (task, unimodal))
                nn.utils.vector_to_parameters(self.joined(*vectors), task)
        self.unimodal.clear()

    def joined(self, task: Tensor, unimodal: Tensor) -> Tensor:
        """Return the gradient in place of g_m and g_u, two tensors of one shape."""
        agreement, together = (task * unimodal).sum(), task + unimodal
        distance = (task - unimodal).square().sum()
        shortest = ((unimodal.square().sum() - agreement) / distance).clamp(*SHARES)
        share = torch.where(agreement > 0, 0.5, shortest.nan_to_num(0.5))
        direction = 2 * share * task + 2 * (1 - share) * unimodal
        length = (together.norm() / direction.norm()).nan_to_num(1.0, posinf=1.0).clamp(min=1)
        gradient: Tensor = self.gamma * length * direction
        return gradient

    def _by_representations(self, forward: Forward, losses: Tensor) -> dict[str, Tensor]:
        own = torch.autograd.grad(losses.sum(), list(forward.representations), retain_graph=True)
        for z, unimodal in zip(forward.representations, own, strict=True):
            z.register_hook(self._joining(forward.share * unimodal))
        return super().backward(with_loss(forward, losses.sum()))

    def _joining(self, unimodal: Tensor) -> Callable[[Tensor], Tensor]:
        return lambda total: self.joined(total.float() - unimodal.float(), unimodal.float()).to(
            total.dtype
        )

    def _by_parameters(self, forward: Forward, losses: Tensor) -> dict[str, Tensor]:
        with self._kept_apart([p for encoder in forward.encoders for p in encoder]):
            (forward.share * losses.sum()).backward(retain_graph=True)
        return super().backward(forward)

    @contextmanager
    def _kept_apart(self, parameters: Sequence[nn.Parameter]) -> Iterator[None]:
        """Collect what is added to `.grad` meanwhile in `unimodal`, not in `.grad`."""
        task = [p.grad for p in parameters]
        for p in parameters:
            p.grad = self.unimodal.get(p)
        yield
        for p, gradient in zip(parameters, task, strict=True):
            if p.grad is not None:
                self.unimodal[p] = p.grad
            p.grad = gradient
