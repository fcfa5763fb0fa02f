"""GradNorm: weights of unimodal losses that make all modalities learn at one rate.

Chen, Badrinarayanan, Lee and Rabinovich (ICML 2018, arXiv 1711.02257). Published for tasks that
share layers; that modalities take the place of tasks is our reading (docs/balancing.md).
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.balancers._heads import WithHeads, with_loss
from evenfuse.balancers._parts import of_whole_step


class Balancer(WithHeads):
    """Lowers L + sum of v_i l_i, with weights v that follow the size of gradients.

    G_i is the norm of the gradient of v_i l_i by the last linear map W_i, and r_i = l_i / l_i(0)
    over its mean: high where a modality has learnt little. v takes plain SGD steps on
    L_v = sum of abs(G_i - mean(G) r_i ** alpha), whose targets are constant, is kept to at least
    `v_min`, and is scaled to a sum of one per modality. In the first epoch v is 1, while l_i(0) is
    measured: the mean over its steps.

    Needs `representations`, `labels`, `segment_loss`, `projections`.
    """

    unimodal_weights: Tensor
    first_losses: Tensor
    steps: Tensor
    epochs: Tensor

    def __init__(
        self,
        weights: Tensor,
        widths: Sequence[int],
        outputs: int = 1,
        alpha: float = 1.5,
        learning_rate: float = 0.025,
        v_min: float = 1e-3,
    ):
        super().__init__(weights, widths, outputs)
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.v_min = v_min
        self.register_buffer("unimodal_weights", torch.ones(len(widths)))
        self.register_buffer("first_losses", torch.zeros(len(widths)))
        self.register_buffer("steps", torch.tensor(0))
        self.register_buffer("epochs", torch.tensor(0))
        self.batches: list[tuple[float, Tensor, Sequence[Tensor]]] = []

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate all losses; return the unimodal losses, and g (7) after it."""
        losses = self.heads.losses(forward)
        # l_i depends on W_i alone of all maps, so one pass gives each its own gradient
        gradients = torch.autograd.grad(losses.sum(), list(forward.projections), retain_graph=True)
        self.batches.append((forward.share, losses.detach(), gradients))
        logged = super().backward(with_loss(forward, (self.unimodal_weights * losses).sum()))
        return {"unimodal_loss": losses.detach(), **logged}

    def step(self) -> dict[str, Tensor]:
        """Step v, or measure l_i(0) in the first epoch; return v and the fusion weights."""
        losses = torch.stack([share * loss for share, loss, _ in self.batches]).sum(dim=0)
        if self.epochs == 0:
            self.first_losses += losses
            self.steps += 1
        else:
            slope = self.slope(losses, self._norms())
            stepped = (self.unimodal_weights - self.learning_rate * slope).clamp(min=self.v_min)
            self.unimodal_weights.copy_(stepped * (len(stepped) / stepped.sum()))
        self.batches.clear()
        return {**super().step(), "unimodal_weight": self.unimodal_weights.clone()}

    def slope(self, losses: Tensor, norms: Tensor) -> Tensor:
        """Return dL_v/dv (modality,) from l_i and the norms of dl_i/dW_i.

        G_i is linear in v_i, so no gradient is differentiated again.
        """
        left = losses / self.first_losses
        sizes = self.unimodal_weights * norms
        target = sizes.mean() * (left / left.mean()) ** self.alpha
        return (sizes - target).sign() * norms

    def epoch_done(self, train: Iterable[Forward], holdout: Iterable[Forward]) -> None:
        """Count the epoch; after the first, l_i(0) is known."""
        if self.epochs == 0:
            self.first_losses /= self.steps
        self.epochs += 1

    def _norms(self) -> Tensor:
        """Return the norm (modality,) of dl_i/dW_i, over all batches of the step."""
        shares, _, gradients = zip(*self.batches, strict=True)
        return torch.stack([gradient.norm() for gradient in of_whole_step(shares, gradients)])
