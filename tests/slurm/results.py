"""The arm of the tests, as a run on Slurm and a local one left it."""

import json
from pathlib import Path

import pandas as pd

from tests.slurm.cluster import Process, processes, wait_for
from tests.slurm.conftest import ARM, OnSlurm
from tests.workflow.conftest import Project


def results(project: Project) -> tuple[pd.DataFrame, dict[str, object]]:
    """Predictions and numbers of the arm, without what tells one run from another."""
    stem = project.folder / "results" / ARM
    numbers = json.loads(Path(f"{stem}.json").read_text())
    kept = {key: numbers[key] for key in ("seeds", "metrics", "selection", "n_test")}
    return pd.read_parquet(f"{stem}.predictions.parquet"), kept


def assert_as_undisturbed(project: OnSlurm, local: Project) -> None:
    """Compare all numbers, to the last bit."""
    (predictions, numbers), (expected_predictions, expected) = results(project), results(local)
    pd.testing.assert_frame_equal(predictions, expected_predictions, check_exact=True)
    assert numbers == expected


def training(project: OnSlurm) -> list[Process]:
    """Wait until both seeds have some epochs behind them, and return their processes."""
    checkpoints = project.folder / "checkpoints/runs" / ARM
    wait_for(lambda: len(list(checkpoints.glob("seed-*/epoch-[3-9]*"))) == 2, "some epochs")
    return processes(project.folder, "train")


def resumed(project: OnSlurm) -> int:
    """Count the runs that went on from a checkpoint."""
    logs = (project.folder / "logs/train_run" / ARM).glob("seed-*.log")
    return sum("resuming after epoch" in log.read_text() for log in logs)
