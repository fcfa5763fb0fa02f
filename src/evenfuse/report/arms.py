"""The arms that a report is made from."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Self

from evenfuse.damage import reading
from evenfuse.evaluation.prediction_files import read_predictions
from evenfuse.evaluation.predictions import Predictions
from evenfuse.metrics import Metrics, family
from evenfuse.records.arms import ArmResults
from evenfuse.report.published import Identity


@dataclass(frozen=True)
class ReportedArm:
    """The results of one dataset, optimizer and variant, and the file of its predictions.

    `network` names another network of the same models than the one that counts.
    """

    results: ArmResults
    file: Path
    network: str = ""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a result file; the predictions lie beside it."""
        return cls(ArmResults.read(path), path.with_suffix(".predictions.parquet"))

    def networks(self) -> list[Self]:
        """Return this arm, and the same with the scores of each other network in place of its own.

        They are for tables alone: all are of the same trained models.
        """
        others = [
            replace(self, results=self.results.model_copy(update={"metrics": own}), network=network)
            for network, own in self.results.others.items()
        ]
        return [self, *others]

    @property
    def name(self) -> str:
        """Dataset, optimizer and variant, as in the name of its files, and the network if named."""
        arm = "_".join(self.results.key)
        return f"{arm}: {self.network}" if self.network else arm

    @cached_property
    def metrics(self) -> Metrics:
        """Its family of metrics."""
        return family(self.results.config.metrics)

    @cached_property
    def predictions(self) -> Predictions:
        """The test predictions of all seeds."""
        with reading("table", self.file):
            return read_predictions(self.file, self.results.family.columns, self.network)

    @cached_property
    def counted(self) -> int:
        """How many test segments the first metric counts that is shown."""
        truth, _ = self.predictions.by_id()
        return len(self.metrics.contributions(truth, truth)[self.results.shown[0]])

    def identity(self) -> Identity:
        """Return what decides which of the paper's rows it is, if any."""
        results, algorithm = self.results, self.results.config.optimizer.algorithm
        generated = results.generated_data
        return Identity(results.dataset, results.variant, algorithm, generated, self.network)
