"""What a run lowers: the loss of the task and, if the model's file says so, losses beside it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from torch import Tensor, nn
from torch.nn import functional

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.settings.models import ModelSettings

LOSSES: dict[str, Callable[..., Tensor]] = {
    "l1": functional.l1_loss,
    "mse": functional.mse_loss,
    "bce": functional.binary_cross_entropy_with_logits,
}


@dataclass(frozen=True)
class Task:
    """The loss of a prediction (batch, output) against the first columns of the labels.

    `name` is l1, mse, or bce for yes-or-no labels.
    """

    name: str

    def __call__(self, prediction: Tensor, labels: Tensor) -> Tensor:
        """Return the mean over segments and outputs."""
        return LOSSES[self.name](prediction, labels[:, : prediction.shape[1]])

    def per_segment(self, prediction: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of each segment (batch,), the mean over its outputs."""
        targets = labels[:, : prediction.shape[1]]
        return LOSSES[self.name](prediction, targets, reduction="none").mean(dim=1)


@dataclass(frozen=True)
class Losses:
    """The loss of the task, and named auxiliary losses: scalars, already multiplied by weights.

    `logged` holds other numbers for the history, each () or (modality,), without their graph.
    """

    task: Tensor
    auxiliary: dict[str, Tensor] = field(default_factory=dict)
    logged: dict[str, Tensor] = field(default_factory=dict)


class Objective(nn.Module):
    """The loss of the task alone; the file of a model may define an `Objective` that adds others.

    Its parameters are trained with the model's. Its state (parameters and buffers) is part of
    checkpoints but never of a saved model. The training loop does not switch its mode: a teacher
    that was put into evaluation mode stays there.
    """

    def __init__(self, settings: ModelSettings, task: Task, model: SentimentModel, train: Corpus):
        """Build for a model and its training split; `Batch.index` numbers the segments of it."""
        super().__init__()
        self.task = task

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the losses of a batch, computed in float32."""
        return Losses(self.task(output.prediction, batch.labels))

    def before_epoch(self, epoch: int) -> None:
        """Prepare for an epoch; the first is number 1."""

    def after_step(self, model: SentimentModel) -> None:
        """Update the state after a step of the optimizer."""

    def after_epoch(self) -> dict[str, Tensor]:
        """Return numbers on the whole epoch for the history, each () or (modality,)."""
        return {}
