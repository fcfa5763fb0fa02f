"""The arms that a report is made from, read from their files."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from evenfuse.files import read_json
from evenfuse.parts import facts
from evenfuse.settings.metrics import Family


@dataclass(frozen=True)
class Arm:
    """The results of one dataset, optimizer and variant, and where their files lie."""

    results: dict[str, Any]
    predictions: Path

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, optimizer, variant."""
        return self.results["dataset"], self.results["optimizer"], self.results["variant"]

    @property
    def shown(self) -> tuple[str, ...]:
        """The metrics that tables show; the first is an accuracy."""
        return self.family.shown

    @property
    def family(self) -> Family:
        """The facts of its metrics."""
        family: Family = facts("metrics", self.results["provenance"]["config"]["metrics"]).FAMILY
        return family

    def named(self) -> dict[str, Any]:
        """Return what decides which of the paper's rows it is, if any."""
        names = dict(zip(("dataset", "optimizer", "variant"), self.key, strict=True))
        algorithm = self.results["provenance"]["config"]["optimizer"]["algorithm"]
        marked = self.results["generated_data"]
        return {**names, "algorithm": algorithm, "generated_data": marked}

    def test_predictions(self) -> pd.DataFrame:
        """Read the test predictions of all seeds."""
        return pd.read_parquet(self.predictions)


def read_arms(paths: Iterable[Path]) -> list[Arm]:
    """Read result files; the predictions of each lie beside it."""
    return [Arm(read_json(path), path.with_suffix(".predictions.parquet")) for path in paths]


def read_histories(runs: Iterable[Path]) -> pd.DataFrame:
    """Read the epochs of runs (their run.json), with dataset, optimizer, variant, model, seed."""
    return pd.concat([_history(path) for path in runs], ignore_index=True)


def _history(run: Path) -> pd.DataFrame:
    settings = read_json(run)["settings"]
    return pd.read_parquet(run.with_name("epochs.parquet")).assign(
        dataset=settings["dataset"],
        optimizer=settings["optimizer_name"],
        variant=settings["variant"],
        model=settings["model"]["name"],
        seed=settings["seed"],
    )
