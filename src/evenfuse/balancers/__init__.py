"""Balancers: file name = config name; each has a class `Balancer`, its settings a file beside."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self

from torch import Tensor, nn

from evenfuse.settings.balancers import BalancerSettings


class Fusion(NamedTuple):
    """What a balancer is built for: a late-fusion model, by its numbers.

    Fusion weights w (modality,), which the balancer may change in place; the width of each Z_i;
    the number of outputs that are predicted.
    """

    weights: Tensor
    widths: Sequence[int] = ()
    outputs: int = 1


@dataclass(frozen=True)
class Forward:
    """What a balancer may look at after a forward pass; lists have one entry per modality.

    B-fusion needs `task_loss` and `projections`, and `task_loss_again` where batches are
    accumulated; what another balancer needs, its class says.
    """

    task_loss: Tensor
    """Scalar with its graph."""
    projections: Sequence[nn.Parameter] = ()
    """The weight (width, encoder width) of each modality's last linear map W_i."""
    auxiliary_loss: Tensor | None = None
    """The sum of all losses beside the task's, if there are any."""
    share: float = 1.0
    """The batch's part of all segments in this step of the optimizer: below 1 if accumulated."""
    labels: Tensor | None = None
    """(batch, column)"""
    representations: Sequence[Tensor] = ()
    """Z_i (batch, width) with their graph."""
    encoders: Sequence[Sequence[nn.Parameter]] = ()
    """All parameters below each Z_i."""
    predict: Callable[[Sequence[Tensor]], Tensor] | None = None
    """From other Z_i to a prediction (batch, output), by the same head, without dropout."""
    segment_loss: Callable[[Tensor, Tensor], Tensor] | None = None
    """From prediction and labels to the task's loss of each segment (batch,)."""
    task_loss_again: Callable[[], Tensor] | None = None
    """The same task loss, from what the encoders gave, through last linear maps and head alone."""

    def backward(self) -> None:
        """Add the gradients of all losses to `.grad`, as much as the batch's share."""
        losses = self.task_loss
        if self.auxiliary_loss is not None:
            losses = losses + self.auxiliary_loss
        (self.share * losses).backward()


class Balancer(nn.Module, ABC):
    """Takes the place of `loss.backward()` in a training step.

    Its parameters, if it has any, are trained with the model's; its parameters and buffers are
    part of a checkpoint and never of a saved model. Parameters must not depend on the generator
    that draws the model's first weights: they are made from one of their own.
    """

    holdout = 0.0
    """Share of the training split that is not trained on but given to `epoch_done`."""

    def __init__(self, weights: Tensor):
        super().__init__()
        self.weights = weights

    @classmethod
    def build(cls, settings: BalancerSettings, fusion: Fusion) -> Self:
        """Build from settings; a balancer that needs more than w extends this."""
        return cls(fusion.weights, **settings.arguments())

    @abstractmethod
    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate a batch's losses; return numbers to log, () or (modality,), of it alone."""

    def before_clipping(self, encoders: Sequence[Sequence[nn.Parameter]]) -> None:
        """Called when all batches of a step are done, before gradients are clipped."""

    def step(self) -> dict[str, Tensor]:
        """Called before the optimizer's step; step and return w (modality,) if there are any."""
        return {"w": self.weights.detach().clone()} if len(self.weights) else {}

    def epoch_done(self, train: Iterable[Forward], holdout: Iterable[Forward]) -> None:
        """Called after each epoch, before validation.

        Both are computed batch by batch when they are asked for, without gradients and dropout:
        the segments that are trained on, and those held out of the training split.
        """
