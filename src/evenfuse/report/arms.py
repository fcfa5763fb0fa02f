"""The arms that a report is made from."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

import pandas as pd

from evenfuse.evaluation.predictions import by_seed
from evenfuse.metrics import Metrics, family
from evenfuse.parquet import read_parquet
from evenfuse.records.arms import ArmResults
from evenfuse.report.published import Identity


@dataclass(frozen=True)
class ReportedArm:
    """The results of one dataset, optimizer and variant, and the file of its predictions."""

    results: ArmResults
    predictions: Path

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a result file; the predictions lie beside it."""
        return cls(ArmResults.read(path), path.with_suffix(".predictions.parquet"))

    @cached_property
    def metrics(self) -> Metrics:
        """Its family of metrics."""
        return family(self.results.config.metrics)

    @property
    def compared(self) -> str:
        """The metric by which its gaps to other arms are tested: the first that is shown."""
        return self.results.shown[0]

    @cached_property
    def counted(self) -> int:
        """How many test segments that metric counts."""
        truth, _ = by_seed(self.test_predictions())
        return len(self.metrics.contributions(truth, truth)[self.compared])

    def identity(self) -> Identity:
        """Return what decides which of the paper's rows it is, if any."""
        results, algorithm = self.results, self.results.config.optimizer.algorithm
        return Identity(results.dataset, results.variant, algorithm, results.generated_data)

    def test_predictions(self) -> pd.DataFrame:
        """Read the test predictions of all seeds."""
        return read_parquet(self.predictions)
