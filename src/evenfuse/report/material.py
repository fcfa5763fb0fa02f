"""What tables and figures are made of, read from their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from evenfuse.errors import EvenfuseError
from evenfuse.parquet import read_parquet
from evenfuse.records.choices import Choice
from evenfuse.records.missing import ArmMissing
from evenfuse.records.references import References
from evenfuse.records.runs import RunRecord
from evenfuse.records.shares import ArmShares
from evenfuse.records.timings import Timing
from evenfuse.report.arms import ReportedArm


@dataclass(frozen=True)
class Material:
    """The files that a table or figure is given: need -> paths, for what its settings need."""

    files: Mapping[str, Sequence[Path]]

    def arms(self) -> list[ReportedArm]:
        """Read the `results` of all arms."""
        return [ReportedArm.read(path) for path in self._given("results")]

    def predictions(self) -> pd.DataFrame:
        """Read the `predictions` of all arms: id, truth, prediction, seed, names of the arm."""
        return pd.concat([_predictions(path) for path in self._given("predictions")])

    def missing(self) -> list[ArmMissing]:
        """Read the scores of all arms where something is `missing`."""
        return [ArmMissing.read(path) for path in self._given("missing")]

    def references(self) -> dict[str, References]:
        """Read the `references`: dataset -> scores of answers without a model."""
        return {
            path.name.split(".")[0]: References.read(path) for path in self._given("references")
        }

    def shares(self) -> list[ArmShares]:
        """Read the `shares` of all arms."""
        return [ArmShares.read(path) for path in self._given("shares")]

    def heads(self) -> list[ReportedArm]:
        """Read the `heads` of all arms: each modality is one of the networks."""
        return [ReportedArm.read(path) for path in self._given("heads")]

    def histories(self) -> pd.DataFrame:
        """Read the `epochs` of all runs, with dataset, optimizer, variant, model, seed."""
        return pd.concat([_history(path) for path in self._given("epochs")], ignore_index=True)

    def timings(self) -> list[Timing]:
        """Read the `seconds`: one timing per dataset."""
        return [Timing.read(path) for path in self._given("seconds")]

    def choices(self) -> dict[tuple[str, ...], Choice]:
        """Read the `choices`: dataset, optimizer and variant -> what a grid has chosen."""
        return {tuple(path.stem.split("_")): Choice.read(path) for path in self._given("choices")}

    def _given(self, need: str) -> Sequence[Path]:
        if need not in self.files:
            raise EvenfuseError(f"no files of '{need}' are given: add {need}=FILE, once for each")
        return self.files[need]


def _history(path: Path) -> pd.DataFrame:
    settings = RunRecord.read(path.with_name("run.json")).settings
    return read_parquet(path).assign(
        dataset=settings.dataset,
        optimizer=settings.optimizer_name,
        variant=settings.variant,
        model=settings.model.name,
        seed=settings.seed,
    )


def _predictions(path: Path) -> pd.DataFrame:
    names = path.name.removesuffix(".predictions.parquet").split("_")
    return read_parquet(path).assign(
        **dict(zip(("dataset", "optimizer", "variant"), names, strict=True))
    )
