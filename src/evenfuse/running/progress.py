"""What a person sees while a run trains: a bar, and a line per epoch."""

import sys
from collections.abc import Mapping, Sequence
from statistics import median

from tqdm import tqdm

from evenfuse.settings.run import RunSettings

Row = Mapping[str, float]


class ProgressLines:
    """Watches one run; the bar is left out where nobody looks, as in a log file."""

    def __init__(self, run: RunSettings):
        self.run = run
        self.rows: list[Row] = []

    def begun(self, batches: int, done: Sequence[Row]) -> None:
        """Draw the bar, from where an interrupted run goes on."""
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
            self._say(f"going on after epoch {len(done)}")

    def batches_done(self, number: int) -> None:
        """Move the bar."""
        self.bar.update(number)

    def epoch_done(self, row: Row) -> None:
        """Say what the epoch brought."""
        self.rows.append(row)
        self._say(epoch_line(self.run, self.rows))

    def _say(self, text: str) -> None:
        tqdm.write(f"seed {self.run.seed}: {text}", file=sys.stderr)


def epoch_line(run: RunSettings, rows: Sequence[Row]) -> str:
    """Put the last epoch into a line: loss, validation score, g and w, time that is left."""
    metric = run.training.selection_metric
    row = rows[-1]
    left = (run.training.epochs - len(rows)) * median(earlier["seconds"] for earlier in rows)
    parts = [
        f"epoch {len(rows)}/{run.training.epochs}",
        f"train {run.training.loss} {row['train_loss']:.4f}",
        f"valid {metric} {row[f'valid_{metric}']:.4f}",
        *(_per_modality(row, run.modalities, name, style) for name, style in STYLES.items()),
        f"at most {tqdm.format_interval(left)} left",
    ]
    return ", ".join(part for part in parts if part)


STYLES = {"g": ".1e", "w": ".2f"}


def _per_modality(row: Row, modalities: Sequence[str], name: str, style: str) -> str:
    numbers = [f"{m} {row[f'{name}_{m}']:{style}}" for m in modalities if f"{name}_{m}" in row]
    return f"{name} {' '.join(numbers)}" if numbers else ""
