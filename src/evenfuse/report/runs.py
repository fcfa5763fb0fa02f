"""The runs of a project, read from what they left: finished, running or interrupted."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from filelock import FileLock, Timeout

from evenfuse.errors import EvenfuseError
from evenfuse.storage.checkpoints import LOCK, newest_epoch
from evenfuse.storage.files import read_json

HOURS = 3600


@dataclass(frozen=True)
class RunRecord:
    """One run: its settings, its epochs so far, the best of them by the validation split."""

    folder: Path
    state: str
    settings: Mapping[str, Any]
    rows: pd.DataFrame
    best_epoch: int
    age: float

    @property
    def metric(self) -> str:
        """The metric that selects the epoch."""
        return str(self.settings["training"]["selection_metric"])


def find_runs(results: Path, checkpoints: Path) -> list[RunRecord]:
    """Return the runs below both folders; one that trains again is listed by its checkpoint."""
    locks = [path.parent for path in sorted(checkpoints.rglob(LOCK))]
    unfinished = {folder.relative_to(checkpoints): folder for folder in locks}
    finished = {path.parent.relative_to(results): path.parent for path in _records(results)}
    folders = {**finished, **unfinished}
    return [record for _, path in sorted(folders.items()) if (record := read_run(path))]


def read_run(folder: Path) -> RunRecord | None:
    """Read a run from the folder of its results or of its checkpoints; None before epoch 1 is done.

    Raises:
        EvenfuseError: if the folder is neither.
    """
    record = folder / "run.json"
    if record.is_file():
        run, age = read_json(record), _age(record)
        rows = pd.read_parquet(folder / "epochs.parquet")
        return RunRecord(folder, "finished", run["settings"], rows, run["selection"]["epoch"], age)
    if not (folder / LOCK).is_file():
        raise EvenfuseError(f"{folder} is no run: give a folder that `evenfuse runs` lists")
    newest = newest_epoch(folder)
    if newest is None:
        return None
    state, identity = read_json(newest / "state.json"), read_json(newest / "identity.json")
    said = "running" if _held(folder / LOCK) else "interrupted"
    rows, best = pd.DataFrame(state["rows"]), state["selection"]["epoch"]
    return RunRecord(folder, said, identity["settings"], rows, best, _age(newest))


def listing(runs: Sequence[RunRecord]) -> list[dict[str, str]]:
    """Return a row per run, as a person reads it."""
    return [
        {
            "run": str(run.folder),
            "state": run.state,
            "epoch": f"{len(run.rows)}/{run.settings['training']['epochs']}",
            "best": f"{run.metric} {run.rows[f'valid_{run.metric}'][run.best_epoch - 1]:.4f}",
            "in epoch": str(run.best_epoch),
            "age": _spoken(run.age),
        }
        for run in runs
    ]


def _records(results: Path) -> Iterator[Path]:
    return iter(sorted(results.rglob("run.json")))


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
