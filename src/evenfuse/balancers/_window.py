"""What balancers share that act in some epochs only."""

from collections.abc import Iterable

import torch
from torch import Tensor

from evenfuse.balancers import Forward, none


class InSomeEpochs(none.Balancer):
    """Acts from epoch `start`, counted from 0, to before `end`; no end if that is None."""

    epochs: Tensor

    def __init__(self, weights: Tensor, start: int = 0, end: int | None = None):
        super().__init__(weights)
        self.start = start
        self.end = end
        self.register_buffer("epochs", torch.tensor(0))

    def acts(self) -> bool:
        """Return whether it acts in the current epoch."""
        done = int(self.epochs)
        return self.start <= done and (self.end is None or done < self.end)

    def epoch_done(self, train: Iterable[Forward], holdout: Iterable[Forward]) -> None:
        """Count the epoch."""
        self.epochs += 1


def scale_below(forward: Forward, factors: Tensor) -> None:
    """Multiply all gradients of each encoder by its factor (modality,), in the backward pass.

    An encoder reaches the loss through Z_i alone, so it is enough to scale the gradient by Z_i.
    """
    for z, factor in zip(forward.representations, factors, strict=True):
        z.register_hook(lambda gradient, k=factor: (k * gradient).to(gradient.dtype))
