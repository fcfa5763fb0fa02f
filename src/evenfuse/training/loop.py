"""The one training loop: it knows no model and no balancer by name."""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Protocol

import torch
from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.missing import ModalityDropout
from evenfuse.batching.order import shuffled_batches, sorted_batches
from evenfuse.errors import EvenfuseError
from evenfuse.metrics import family
from evenfuse.nn.objective import Losses
from evenfuse.nn.predict import BATCH_SIZE, predict
from evenfuse.settings.run import RunSettings
from evenfuse.training.history import EpochRow, epoch_row
from evenfuse.training.state import TrainingState
from evenfuse.training.step import Step


class Observer(Protocol):
    """Observer of a run."""

    def begun(self, batches: int, done: Sequence[EpochRow]) -> None:
        """Called before training, with the batches of an epoch and the epochs already done."""

    def batches_done(self, number: int) -> None:
        """Called after each step, with its number of batches."""

    def epoch_done(self, row: EpochRow) -> None:
        """Called after every epoch, with its row of the history."""


class Keeper(Protocol):
    """Keeper of a run's state, from which an interrupted run goes on."""

    def resume(self, state: TrainingState) -> None:
        """Put the state back to what was kept last, if anything was."""

    def save(self, state: TrainingState, best: bool) -> None:
        """Keep the state after an epoch, and its weights as the best ones if they are."""

    def best_weights(self) -> dict[str, Tensor]:
        """Return the weights of the best epoch."""


@dataclass
class Trainer:
    """Everything that a run needs while it trains; `train` and `valid` are all it sees.

    `holdout` (segment,) numbers the segments of `train` that are not trained on but shown to the
    balancer after each epoch.
    """

    settings: RunSettings
    step: Step
    state: TrainingState
    train: Corpus
    valid: Corpus
    holdout: Tensor
    device: torch.device
    dropout: ModalityDropout

    def fit(self, checkpoints: Keeper, observers: Sequence[Observer]) -> None:
        """Train until the validation score has not improved for `patience` epochs.

        Goes on from the newest checkpoint, writes one after every epoch, and leaves the model with
        the weights of the best epoch.

        Raises:
            EvenfuseError: if the loss is no longer a number; the checkpoint before stays.
        """
        checkpoints.resume(self.state)
        selection, rows = self.state.selection, self.state.rows
        for observer in observers:
            observer.begun(math.ceil(len(self.trained) / self.settings.training.batch_size), rows)
        while not self.finished():
            epoch = len(rows) + 1
            row = {"epoch": epoch, **self.train_epoch(epoch, observers), **self._validate()}
            rows.append(row)
            best = selection.offer(epoch, row[f"valid_{selection.metric}"])
            checkpoints.save(self.state, best)
            for observer in observers:
                observer.epoch_done(row)
        self.state.model.load_state_dict(checkpoints.best_weights())

    def finished(self) -> bool:
        """Return whether all epochs are done, or patience is at its end."""
        done = len(self.state.rows)
        return done >= self.settings.training.epochs or (
            done > 0 and self.state.selection.exhausted(done)
        )

    def train_epoch(self, epoch: int, observers: Sequence[Observer] = ()) -> EpochRow:
        """Train one epoch and return its row: means over its steps, seconds.

        Raises:
            EvenfuseError: if the loss is no longer a number.
        """
        begun = time.perf_counter()
        objective = self.step.objective
        objective.before_epoch(epoch)
        self.state.model.train()
        steps = []
        for batches in self.groups():
            steps.append(self.step(batches))
            for observer in observers:
                observer.batches_done(len(batches))
        modalities = self.state.model.modalities
        row = epoch_row(steps, modalities) | epoch_row([objective.after_epoch()], modalities)
        losses = [value for name, value in row.items() if name.startswith(("train_", "loss_"))]
        if not all(map(math.isfinite, losses)):
            raise EvenfuseError(
                f"the loss is no longer a number in epoch {epoch}; lower the learning rate, or set "
                "optimizer.clip_norm, and start over"
            )
        self.step.balancer.epoch_done(self.forwards(self.trained), self.forwards(self.holdout))
        return {**row, "seconds": time.perf_counter() - begun}

    @cached_property
    def trained(self) -> Tensor:
        """The numbers (segment,) of the training segments that are not held out."""
        kept = torch.ones(len(self.train), dtype=torch.bool)
        kept[self.holdout] = False
        return kept.nonzero()[:, 0]

    def groups(self) -> Iterator[list[Batch]]:
        """Yield the batches of each step; the last step may have fewer, and drops none."""
        training = self.settings.training
        lengths = self.train.lengths()[self.trained]
        order = shuffled_batches(lengths, training.batch_size, self.state.order)
        batches = self.train.batches((self.trained[index] for index in order), self.device)
        if training.modality_dropout:
            batches = map(self.dropout, batches)
        while group := list(islice(batches, training.accumulate)):
            yield group

    def forwards(self, segments: Tensor) -> Iterator[Forward]:
        """Yield what a balancer may look at of these training segments, in evaluation mode."""
        self.state.model.eval()
        order = sorted_batches(self.train.lengths()[segments], BATCH_SIZE)
        batches = self.train.batches((segments[index] for index in order), self.device)
        for batch in batches:
            with torch.no_grad():
                output = self.state.model(batch)
                task_loss = self.step.objective.task(output.prediction, batch.labels)
            yield self.step.record(output, Losses(task_loss), batch)

    def _validate(self) -> EpochRow:
        output = predict(self.state.model, self.valid, self.device)
        row = self._valid_scores("valid", output.prediction)
        for name, other in output.others.items():
            row |= self._valid_scores(f"valid_{name}", other)
            row[f"apart_{name}"] = float((output.prediction - other).abs().mean())
        return row

    def _valid_scores(self, prefix: str, predicted: Tensor) -> EpochRow:
        truth = self.valid.labels[:, : predicted.shape[1]].numpy()
        scores = family(self.settings.metrics).scores(truth, predicted.numpy())
        return {f"{prefix}_{name}": score for name, score in scores.items()}
