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
    """The loss of a prediction (batch, output) against the labels' first columns.

    `name` is l1, mse, or bce for labels of yes or no.
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
    """The task's loss and the losses beside it by name, each a scalar with its weight applied."""

    task: Tensor
    auxiliary: dict[str, Tensor] = field(default_factory=dict)


class Objective(nn.Module):
    """The task's loss alone; a model's file may hold a class `Objective` that adds others.

    Its parameters are trained with the model's. Its state (parameters and buffers) is part of a
    checkpoint and never of a saved model. The training loop leaves its modes alone: a teacher that
    was put into evaluation mode stays there.
    """

    def __init__(self, settings: ModelSettings, task: Task, model: SentimentModel, train: Corpus):
        """Build for a model and the training split, whose segments `Batch.index` numbers."""
        super().__init__()
        self.task = task

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the losses of a batch, computed in float32."""
        return Losses(self.task(output.prediction, batch.labels))

    def before_epoch(self, epoch: int) -> None:
        """Called before an epoch is trained; the first is 1."""

    def after_step(self, model: SentimentModel) -> None:
        """Called after each step of the optimizer."""
