"""The one training loop: it knows no model and no balancer by name."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.optim import Optimizer

from evenfuse.balancing import Balancing
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.order import shuffled_batches
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.predictions import predict
from evenfuse.metrics import as_columns, family
from evenfuse.nn.model import SentimentModel
from evenfuse.settings.modules import known
from evenfuse.settings.run import RunSettings
from evenfuse.training.history import Row, epoch_row
from evenfuse.training.step import LOSSES, training_step


@dataclass
class Selection:
    """The best epoch so far on the validation split, and the weights it had."""

    metric: str
    higher_is_better: bool
    epoch: int = 0
    score: float = math.nan
    state: dict[str, Any] = field(default_factory=dict)

    def offer(self, epoch: int, score: float, model: torch.nn.Module) -> None:
        """Keep the model's weights if the score is the best so far."""
        better = score > self.score if self.higher_is_better else score < self.score
        if better or not self.state:
            self.epoch, self.score = epoch, score
            self.state = copy.deepcopy(model.state_dict())


@dataclass
class Trainer:
    """Everything that a run needs while it trains; `train` and `valid` are all it sees."""

    settings: RunSettings
    model: SentimentModel
    balancer: Balancing
    optimizer: Optimizer
    train: Corpus
    valid: Corpus
    device: torch.device

    def fit(self, report: Callable[[Row], None]) -> tuple[list[Row], Selection]:
        """Train until the validation score has not improved for `patience` epochs.

        Calls `report` with each epoch's row and leaves the model with the weights of the best
        epoch.

        Raises:
            EvenfuseError: if the loss is no longer a number.
        """
        training = self.settings.training
        selection = self._selection()
        generator = torch.Generator().manual_seed(self.settings.seed)
        rows: list[Row] = []
        for epoch in range(1, training.epochs + 1):
            row = {"epoch": epoch, **self._train_epoch(epoch, generator), **self._validate()}
            selection.offer(epoch, row[f"valid_{selection.metric}"], self.model)
            rows.append(row)
            report(row)
            if epoch - selection.epoch >= training.patience:
                break
        self.model.load_state_dict(selection.state)
        return rows, selection

    def _selection(self) -> Selection:
        metric = self.settings.training.selection_metric
        directions = family(self.settings.metrics).HIGHER_IS_BETTER
        return Selection(metric, known("selection_metric", metric, directions))

    def _train_epoch(self, epoch: int, generator: torch.Generator) -> Row:
        begun = time.perf_counter()
        self.model.train()
        loss = LOSSES[self.settings.training.loss]
        order = shuffled_batches(self.train.lengths(), self.settings.training.batch_size, generator)
        steps = [
            training_step(self.model, self.balancer, self.optimizer, loss, batch)
            for batch in self.train.batches(order, self.device)
        ]
        row = epoch_row(steps, self.model.modalities)
        if not math.isfinite(row["train_loss"]):
            raise EvenfuseError(
                f"the loss is no longer a number in epoch {epoch}; lower the learning rate"
            )
        return {**row, "seconds": time.perf_counter() - begun}

    def _validate(self) -> Row:
        metrics = family(self.settings.metrics)
        predicted = as_columns(metrics, predict(self.model, self.valid, self.device).numpy())
        scores = metrics.scores(as_columns(metrics, self.valid.labels.numpy()), predicted)
        return {f"valid_{name}": score for name, score in scores.items()}
