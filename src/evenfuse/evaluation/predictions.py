"""Test predictions of an arm, and the Parquet file that holds them: a row per segment and seed.

Columns: id, truth, prediction, seed; where several columns are predicted, each is named, as in
`truth_happy`, `prediction_happy`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.parquet import write_parquet

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
        write_parquet(path, dict(self._columns()))

    def _columns(self) -> Iterator[tuple[str, Sequence[str] | NDArray[Any]]]:
        endings = suffixes(self.columns)
        yield "id", self.ids * len(self.seeds)
        for index, ending in enumerate(endings):
            yield f"truth{ending}", np.tile(self.truth[:, index], len(self.seeds))
        for index, ending in enumerate(endings):
            yield f"prediction{ending}", self.predicted[:, :, index].reshape(-1)
        yield "seed", np.repeat(self.seeds, len(self.ids))


def suffixes(columns: Sequence[str]) -> list[str]:
    """Return what follows `truth` and `prediction` in the names of the file's columns."""
    return [f"_{name}" for name in columns] if len(columns) > 1 else [""]


def other_truths(first: Floats, second: Floats) -> list[int]:
    """Return the places of segments whose truths differ, by more than float32 rounds them."""
    same = np.isclose(first, second, rtol=1e-6, atol=1e-6).all(axis=-1)
    return np.flatnonzero(~same).tolist()
