"""The runs of a project, read from what they left: finished, running or interrupted."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from filelock import FileLock, Timeout

from evenfuse.checksums import check_sums
from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json
from evenfuse.parquet import read_parquet
from evenfuse.records.checkpoints import LOCK, Identity, newest_epoch
from evenfuse.records.runs import RunRecord
from evenfuse.settings.run import RunSettings

HOURS = 3600


@dataclass(frozen=True)
class FoundRun:
    """One run: its settings, its epochs so far, the best of them by the validation split."""

    folder: Path
    state: str
    settings: RunSettings
    rows: pd.DataFrame
    best_epoch: int
    age: float

    @property
    def metric(self) -> str:
        """The metric that selects the epoch."""
        return self.settings.training.selection_metric

    @property
    def best_score(self) -> float:
        """That metric of the best epoch, on the validation split."""
        return float(self.rows[f"valid_{self.metric}"][self.best_epoch - 1])


def find_runs(results: Path, checkpoints: Path) -> list[FoundRun]:
    """Return the runs below both folders; of one that is in both, what was written last."""
    folders = [(folder, results) for folder in _holding("run.json", results)]
    folders += [(folder, checkpoints) for folder in _holding(LOCK, checkpoints)]
    last: dict[Path, FoundRun] = {}
    for folder, root in folders:
        name, record = folder.relative_to(root), read_run(folder)
        if record and (name not in last or record.age < last[name].age):
            last[name] = record
    return [record for _, record in sorted(last.items())]


def read_run(folder: Path) -> FoundRun | None:
    """Read a run from the folder of its results or of its checkpoints; None before epoch 1 is done.

    Raises:
        EvenfuseError: if the folder is neither.
    """
    record = folder / "run.json"
    if record.is_file():
        run, age = RunRecord.read(record), _age(record)
        rows = read_parquet(folder / "epochs.parquet")
        return FoundRun(folder, "finished", run.settings, rows, run.selection.epoch, age)
    if not (folder / LOCK).is_file():
        raise EvenfuseError(f"{folder} is no run: give a folder that `evenfuse runs` lists")
    state = "running" if _held(folder / LOCK) else "interrupted"
    while (newest := newest_epoch(folder)) is not None:
        try:
            return _read_checkpoint(newest, state)
        except (EvenfuseError, OSError):
            if newest_epoch(folder) == newest:  # else a newer one has just taken its place
                raise
    return None


def _read_checkpoint(epoch: Path, state: str) -> FoundRun:
    try:
        check_sums(epoch, "identity.json", "state.json")
        settings = Identity.parse(read_json(epoch / "identity.json")).settings
    except (DamagedError, OSError) as error:  # only who trains the run may set it aside
        reason = f"the checkpoint {epoch} cannot be used ({error})"
        raise EvenfuseError(f"{reason}; run the workflow again, which says what to do") from None
    saved = read_json(epoch / "state.json")
    rows, best = pd.DataFrame(saved["rows"]), saved["selection"]["epoch"]
    return FoundRun(epoch.parent, state, settings, rows, best, _age(epoch))


def listing(runs: Sequence[FoundRun]) -> list[dict[str, str]]:
    """Return a row per run, as a person reads it."""
    return [
        {
            "run": str(run.folder),
            "state": run.state,
            "epoch": f"{len(run.rows)}/{run.settings.training.epochs}",
            "best": f"{run.metric} {run.best_score:.4f}",
            "in epoch": str(run.best_epoch),
            "age": _spoken(run.age),
        }
        for run in runs
    ]


def _holding(name: str, root: Path) -> list[Path]:
    # unlike rglob, walk passes over folders that vanish meanwhile
    return [Path(folder) for folder, _, files in os.walk(root) if name in files]


def _held(lock: Path) -> bool:
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def _age(path: Path) -> float:
    return time.time() - path.stat().st_mtime


def _spoken(seconds: float) -> str:
    for size, unit in ((24 * HOURS, "d"), (HOURS, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
