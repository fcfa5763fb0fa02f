"""The points of a grid and the best of them: results/tuning/{arm}.json."""

from typing import Literal

from evenfuse.records.record import Record
from evenfuse.settings.layers import Value


class TriedPoint(Record):
    """A point of a grid: its validation scores, in the order of the seeds."""

    settings: dict[str, Value]
    mean: float
    std: float | None
    scores: list[float]
    seeds: list[int]
    best_epochs: list[int]


class Choice(Record):
    """All points of a grid, and the settings of the one with the best mean."""

    winner: dict[str, Value]
    metric: str
    split: Literal["valid"] = "valid"
    n_valid: int
    seeds: list[int]
    points: list[TriedPoint]
