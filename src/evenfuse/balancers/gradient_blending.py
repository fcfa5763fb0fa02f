"""Gradient blending: weights of losses by how well each stream generalises.

Wang, Tran and Feiszli (CVPR 2020, arXiv 1905.12681). That streams are estimated from the one joint
run is our reading, and cheaper (docs/balancing.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.balancers._heads import WithHeads, with_loss


class Balancer(WithHeads):
    """Lowers the weighted losses of all streams: those of unimodal heads, and the task's.

    Between two looks, `every` epochs apart, a stream's loss on the holdout falls by dG, and its
    overfitting, holdout loss minus training loss, rises by dO. Its weight is dG / dO ** 2 over the
    sum of all; dG counts from 0, the absolute dO from `least_overfitting`. The weights are equal
    until the second look; the first is after epoch 1. If no stream has gained, they stay.

    `holdout` is the share of the training split that is not trained on.

    Needs `representations`, `labels`, `segment_loss`.
    """

    blend: Tensor
    before: Tensor
    epochs: Tensor

    def __init__(
        self,
        weights: Tensor,
        widths: Sequence[int],
        outputs: int = 1,
        every: int = 5,
        holdout: float = 0.1,
        least_overfitting: float = 0.05,
    ):
        super().__init__(weights, widths, outputs)
        self.every = every
        self.holdout = holdout
        self.least_overfitting = least_overfitting
        streams = len(widths) + 1
        self.register_buffer("blend", torch.full((streams,), 1 / streams))
        self.register_buffer("before", torch.zeros(2, streams))
        self.register_buffer("epochs", torch.tensor(0))

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate the blend; return the unimodal losses, all weights, and g (7) after it."""
        losses = self.heads.losses(forward)
        *unimodal, joint = self.blend.clone()
        weights = torch.stack(unimodal)
        blended = replace(forward, task_loss=joint * forward.task_loss)
        logged = super().backward(with_loss(blended, (weights * losses).sum()))
        return {
            "unimodal_loss": losses.detach(),
            "unimodal_weight": weights,
            "joint_weight": joint,
            **logged,
        }

    def epoch_done(self, train: Iterable[Forward], holdout: Iterable[Forward]) -> None:
        """Look at both parts of the training split, every so many epochs."""
        if int(self.epochs) % self.every == 0:
            after = torch.stack([self._mean_losses(train), self._mean_losses(holdout)])
            if self.epochs > 0:
                self.blend.copy_(self.weights_of(self.before, after))
            self.before.copy_(after)
        self.epochs += 1

    def weights_of(self, before: Tensor, after: Tensor) -> Tensor:
        """Return the weights (stream,) from losses (training or holdout, stream) of two looks."""
        gained = (before[1] - after[1]).clamp(min=0)
        overfitting = (after[1] - after[0]) - (before[1] - before[0])
        worth = gained / overfitting.abs().clamp(min=self.least_overfitting).square()
        return worth / worth.sum() if worth.sum() > 0 else self.blend

    @torch.no_grad()
    def _mean_losses(self, forwards: Iterable[Forward]) -> Tensor:
        """Return the mean loss (stream,) over segments: of each head, and of the task."""
        losses, counts = [], []
        for forward in forwards:
            assert forward.labels is not None
            losses.append(torch.cat([self.heads.losses(forward), forward.task_loss[None]]))
            counts.append(float(len(forward.labels)))
        shares = torch.tensor(counts) / sum(counts)
        return shares.to(losses[0]) @ torch.stack(losses)
