"""The progress of a run: a bar on a terminal, and a line per epoch."""

import sys
from collections.abc import Mapping, Sequence
from statistics import median

from tqdm import tqdm

from evenfuse.settings.run import RunSettings

Row = Mapping[str, float]


class ProgressLines:
    """Shows the progress of one run; without a terminal, as in a log file, there is no bar."""

    def __init__(self, run: RunSettings):
        self.run = run
        self.rows: list[Row] = []

    def begun(self, batches: int, done: Sequence[Row]) -> None:
        """Draw the bar, starting where an interrupted run resumes."""
        self.rows = list(done)
        epochs = self.run.training.epochs
        self.bar = tqdm(
            desc=f"{self.run.variant}, seed {self.run.seed}",
            total=epochs * batches,
            initial=len(done) * batches,
            unit="batch",
            disable=None,
        )
        if done:
            self._print(f"resuming after epoch {len(done)}")

    def batches_done(self, number: int) -> None:
        """Advance the bar."""
        self.bar.update(number)

    def epoch_done(self, row: Row) -> None:
        """Print the line of an epoch."""
        self.rows.append(row)
        self._print(epoch_line(self.run, self.rows))
        for modality in first_at_floor(self.rows, self.run.modalities):
            self._print(
                f"warning: the fusion weight of {modality} fell to balancing.w_min, so the model "
                f"hardly hears {modality}; if w {modality} stays there, lower "
                "balancing.learning_rate"
            )

    def _print(self, text: str) -> None:
        tqdm.write(f"seed {self.run.seed}: {text}", file=sys.stderr)


def epoch_line(run: RunSettings, rows: Sequence[Row]) -> str:
    """Return the line of the last epoch: losses, validation score, g and w, time left."""
    metric = run.training.selection_metric
    row = rows[-1]
    left = (run.training.epochs - len(rows)) * median(earlier["seconds"] for earlier in rows)
    columns = [
        f"epoch {len(rows)}/{run.training.epochs}",
        f"train {run.training.loss} {row['train_loss']:.4f}",
        _auxiliary(row),
        f"valid {metric} {row[f'valid_{metric}']:.4f}",
        *(_per_modality(row, run.modalities, name, style) for name, style in STYLES.items()),
        f"at most {tqdm.format_interval(left)} left",
    ]
    return ", ".join(column for column in columns if column)


def first_at_floor(rows: Sequence[Row], modalities: Sequence[str]) -> list[str]:
    """Return the modalities whose fusion weight was at its floor in the last epoch only."""

    def at_floor(row: Row, modality: str) -> bool:
        return row.get(f"at_floor_{modality}", 0) > 0

    *earlier, last = rows
    return [m for m in modalities if at_floor(last, m) and not any(at_floor(r, m) for r in earlier)]


def _auxiliary(row: Row) -> str:
    losses = {name: loss for name, loss in row.items() if name.startswith("loss_")}
    numbers = [f"{name.removeprefix('loss_')} {loss:.4f}" for name, loss in losses.items()]
    return f"beside it {' '.join(numbers)}" if numbers else ""


STYLES = {"g": ".1e", "w": ".2f"}


def _per_modality(row: Row, modalities: Sequence[str], name: str, style: str) -> str:
    numbers = [f"{m} {row[f'{name}_{m}']:{style}}" for m in modalities if f"{name}_{m}" in row]
    return f"{name} {' '.join(numbers)}" if numbers else ""
