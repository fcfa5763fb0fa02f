"""Test predictions of an arm, and the Parquet file that holds them: a row per segment and seed.

Columns: id, truth, prediction, seed; where several columns are predicted, each is named, as in
`truth_happy`, `prediction_happy`. What other networks of the model predict is named after them:
`prediction_of_teacher`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from evenfuse.parquet import write_parquet

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Predictions:
    """Predictions of the seeds of an arm: `truth` (segment, column), `predicted` (seed, ...).

    `others` holds what other networks of the same models predict, by their names.
    """

    ids: list[str]
    columns: tuple[str, ...]
    seeds: list[int]
    truth: Floats
    predicted: Floats
    others: Mapping[str, Floats] = field(default_factory=dict)

    def by_id(self) -> tuple[Floats, Floats]:
        """Return truth and predictions as float64, segments in the order of their ids."""
        order = sorted(range(len(self.ids)), key=self.ids.__getitem__)
        return self.truth[order].astype(np.float64), self.predicted[:, order].astype(np.float64)

    def of(self, network: str) -> Self:
        """Return the predictions of one of the others in place of those that count."""
        return replace(self, predicted=self.others[network], others={})

    def write(self, path: Path) -> None:
        """Write the file."""
        write_parquet(path, dict(self._columns()))

    def _columns(self) -> Iterator[tuple[str, Sequence[str] | NDArray[Any]]]:
        endings = suffixes(self.columns)
        yield "id", self.ids * len(self.seeds)
        for index, ending in enumerate(endings):
            yield f"truth{ending}", np.tile(self.truth[:, index], len(self.seeds))
        for network, predicted in {"": self.predicted, **self.others}.items():
            for index, ending in enumerate(endings):
                yield f"{prediction_of(network)}{ending}", predicted[:, :, index].reshape(-1)
        yield "seed", np.repeat(self.seeds, len(self.ids))


def prediction_of(network: str) -> str:
    """Return the name of the column of what a network predicts, "" for the one that counts."""
    return f"prediction_of_{network}" if network else "prediction"


def suffixes(columns: Sequence[str]) -> list[str]:
    """Return what follows `truth` and `prediction` in the names of the file's columns."""
    return [f"_{name}" for name in columns] if len(columns) > 1 else [""]


def other_truths(first: Floats, second: Floats) -> list[int]:
    """Return the places of segments whose truths differ, by more than float32 rounds them."""
    same = np.isclose(first, second, rtol=1e-6, atol=1e-6).all(axis=-1)
    return np.flatnonzero(~same).tolist()
