"""Test predictions of an arm, and the Parquet file that holds them: a row per segment and seed.

Columns: id, truth, prediction, seed; where several columns are predicted, each is named, as in
`truth_happy`, `prediction_happy`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError
from evenfuse.parquet import write_parquet

if TYPE_CHECKING:
    import pandas as pd  # it takes half a second to import

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Predictions:
    """Predictions of the seeds of an arm: `truth` (segment, column), `predicted` (seed, ...)."""

    ids: list[str]
    columns: tuple[str, ...]
    seeds: list[int]
    truth: Floats
    predicted: Floats

    def by_id(self) -> tuple[Floats, Floats]:
        """Return truth and predictions as float64, segments in the order of their ids."""
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        return self.truth[order].astype(np.float64), self.predicted[:, order].astype(np.float64)

    def write(self, path: Path) -> None:
        """Write the file."""
        tables = [pyarrow.table(dict(self._columns(number))) for number in range(len(self.seeds))]
        write_parquet(path, pyarrow.concat_tables(tables))

    def _columns(self, number: int) -> Iterator[tuple[str, Any]]:
        endings = [f"_{name}" for name in self.columns] if len(self.columns) > 1 else [""]
        yield "id", self.ids
        for index, ending in enumerate(endings):
            yield f"truth{ending}", self.truth[:, index]
        for index, ending in enumerate(endings):
            yield f"prediction{ending}", self.predicted[number, :, index]
        yield "seed", [self.seeds[number]] * len(self.ids)


def by_seed(predictions: "pd.DataFrame") -> tuple[Floats, Floats]:
    """Return the truth (segment, column) and the predictions (seed, segment, column) of a file.

    Seeds are in rising order, segments in the order of their ids.

    Raises:
        EvenfuseError: if the seeds were not evaluated on the same segments.
    """
    truths = [name for name in predictions.columns if name.startswith("truth")]
    endings = [name.removeprefix("truth") for name in truths]
    columns = [_column(predictions, ending) for ending in endings]
    truth, predicted = zip(*columns, strict=True)
    return np.stack(truth, axis=-1), np.stack(predicted, axis=-1)


def _column(predictions: "pd.DataFrame", ending: str) -> tuple[Floats, Floats]:
    table = predictions.pivot(index="id", columns="seed", values=f"prediction{ending}")
    truth = predictions.groupby("id")[f"truth{ending}"].agg(["min", "max"])
    if table.isna().any(axis=None) or (truth["min"] != truth["max"]).any():
        raise EvenfuseError("the seeds of this arm were evaluated on different segments")
    return truth["min"].to_numpy(float), table.to_numpy(float).T
