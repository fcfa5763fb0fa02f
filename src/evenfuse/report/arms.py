"""The arms that a report is made from, read from their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evenfuse.storage.files import read_json


@dataclass(frozen=True)
class Arm:
    """The results of one dataset, optimizer and variant, and where their files lie."""

    results: dict[str, Any]
    predictions: Path

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, optimizer, variant."""
        return self.results["dataset"], self.results["optimizer"], self.results["variant"]

    def test_predictions(self) -> pd.DataFrame:
        """Read the test predictions of all seeds."""
        return pd.read_parquet(self.predictions)


def read_arms(paths: Iterable[Path]) -> list[Arm]:
    """Read result files; the predictions of each lie beside it."""
    return [Arm(read_json(path), path.with_suffix(".predictions.parquet")) for path in paths]


def read_histories(runs: Iterable[Path]) -> pd.DataFrame:
    """Read the epochs of runs (their run.json), with dataset, optimizer, variant and seed."""
    return pd.concat([_history(path) for path in runs], ignore_index=True)


def _history(run: Path) -> pd.DataFrame:
    settings = read_json(run)["settings"]
    return pd.read_parquet(run.with_name("epochs.parquet")).assign(
        dataset=settings["dataset"],
        optimizer=settings["optimizer_name"],
        variant=settings["variant"],
        seed=settings["seed"],
    )
