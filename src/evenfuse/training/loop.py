"""The one training loop: it knows no model and no balancer by name."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

import torch

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.order import shuffled_batches
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.predictions import predict
from evenfuse.metrics import as_columns, family
from evenfuse.settings.run import RunSettings
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.history import Row, epoch_row
from evenfuse.training.state import TrainingState
from evenfuse.training.step import Step


class Watcher(Protocol):
    """Somebody who looks on while a run trains."""

    def begun(self, batches: int, done: Sequence[Row]) -> None:
        """Hear how many batches an epoch has, and the epochs that were done before."""

    def batches_done(self, number: int) -> None:
        """Hear that so many more batches are done."""

    def epoch_done(self, row: Row) -> None:
        """Hear what an epoch brought."""


@dataclass
class Trainer:
    """Everything that a run needs while it trains; `train` and `valid` are all it sees."""

    settings: RunSettings
    step: Step
    state: TrainingState
    train: Corpus
    valid: Corpus
    device: torch.device

    def fit(self, checkpoints: Checkpoints, watchers: Sequence[Watcher]) -> None:
        """Train until the validation score has not improved for `patience` epochs.

        Goes on from the newest checkpoint, writes one after every epoch, and leaves the model with
        the weights of the best epoch.

        Raises:
            EvenfuseError: if the loss is no longer a number; the checkpoint before stays.
        """
        checkpoints.resume(self.state)
        selection, rows = self.state.selection, self.state.rows
        for watcher in watchers:
            watcher.begun(math.ceil(len(self.train) / self.settings.training.batch_size), rows)
        while not self.finished():
            epoch = len(rows) + 1
            row = {"epoch": epoch, **self.train_epoch(epoch, watchers), **self._validate()}
            rows.append(row)
            best = selection.offer(epoch, row[f"valid_{selection.metric}"])
            checkpoints.save(self.state, best)
            for watcher in watchers:
                watcher.epoch_done(row)
        self.state.model.load_state_dict(checkpoints.best_weights())

    def finished(self) -> bool:
        """Return whether all epochs are done, or patience is at its end."""
        done = len(self.state.rows)
        return done >= self.settings.training.epochs or (
            done > 0 and self.state.selection.exhausted(done)
        )

    def train_epoch(self, epoch: int, watchers: Sequence[Watcher] = ()) -> Row:
        """Train one epoch and return its row: means over its steps, seconds.

        Raises:
            EvenfuseError: if the loss is no longer a number.
        """
        begun = time.perf_counter()
        self.state.model.train()
        steps = []
        for batches in self.groups():
            steps.append(self.step(batches))
            for watcher in watchers:
                watcher.batches_done(len(batches))
        row = epoch_row(steps, self.state.model.modalities)
        if not math.isfinite(row["train_loss"]):
            raise EvenfuseError(
                f"the loss is no longer a number in epoch {epoch}; lower the learning rate, or set "
                "optimizer.clip_norm, and start over"
            )
        return {**row, "seconds": time.perf_counter() - begun}

    def groups(self) -> Iterator[list[Batch]]:
        """Yield the batches of each step; the last step may have fewer, and drops none."""
        training = self.settings.training
        lengths = self.train.lengths()
        order = shuffled_batches(lengths, training.batch_size, self.state.order)
        batches = self.train.batches(order, self.device)
        while group := list(islice(batches, training.accumulate)):
            yield group

    def _validate(self) -> Row:
        metrics = family(self.settings.metrics)
        predicted = as_columns(metrics, predict(self.state.model, self.valid, self.device).numpy())
        scores = metrics.scores(as_columns(metrics, self.valid.labels.numpy()), predicted)
        return {f"valid_{name}": score for name, score in scores.items()}
