"""The arms that a report is made from."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd

from evenfuse.evaluation.results import by_seed
from evenfuse.files import read_json
from evenfuse.metrics import Metrics, family
from evenfuse.settings.metrics import Family


@dataclass(frozen=True)
class ReportedArm:
    """The results of one dataset, optimizer and variant, and where its predictions lie."""

    results: dict[str, Any]
    predictions: Path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a result file; the predictions lie beside it."""
        return cls(read_json(path), path.with_suffix(".predictions.parquet"))

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, optimizer, variant."""
        return self.results["dataset"], self.results["optimizer"], self.results["variant"]

    @property
    def metrics(self) -> Metrics:
        """Its family of metrics."""
        return family(self.results["provenance"]["config"]["metrics"])

    @property
    def family(self) -> Family:
        """The facts of its metrics."""
        return self.metrics.facts

    @cached_property
    def counted(self) -> dict[str, int]:
        """How many test segments each accuracy counts."""
        truth, _ = by_seed(self.test_predictions())
        return {name: len(right) for name, right in self.metrics.correct(truth, truth).items()}

    @property
    def accuracy(self) -> str | None:
        """The first shown metric that is an accuracy, of which gaps are tested; None without."""
        return next((name for name in self.family.shown if name in self.counted), None)

    def named(self) -> dict[str, Any]:
        """Return what decides which of the paper's rows it is, if any."""
        names = dict(zip(("dataset", "optimizer", "variant"), self.key, strict=True))
        algorithm = self.results["provenance"]["config"]["optimizer"]["algorithm"]
        marked = self.results["generated_data"]
        return {**names, "algorithm": algorithm, "generated_data": marked}

    def test_predictions(self) -> pd.DataFrame:
        """Read the test predictions of all seeds."""
        return pd.read_parquet(self.predictions)
