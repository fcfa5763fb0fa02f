"""Pure functions of (truth, prediction), in families: one file each, file name = config name."""

from collections.abc import Callable
from typing import NamedTuple

from evenfuse import parts
from evenfuse.metrics._basics import BoolArray, FloatArray
from evenfuse.settings.metrics import Family


class Metrics(NamedTuple):
    """A family: its facts, and the two functions that its file has.

    `scores` answers every metric of the facts, each a finite number; proportions lie in 0..1.
    `correct` says, for every accuracy, whether each sample that it counts is right; which samples
    count depends on the truth alone, so that two predictions of one truth pair up. A family
    without accuracies needs no `correct`. Both take truth and prediction `(n, columns)`.
    """

    facts: Family
    scores: Callable[[FloatArray, FloatArray], dict[str, float]]
    correct: Callable[[FloatArray, FloatArray], dict[str, BoolArray]]


def family(name: str) -> Metrics:
    """Return the family of that name, or raise EvenfuseError with the names to choose from."""
    facts: Family = parts.facts("metrics", name).FAMILY
    code = parts.code("metrics", name)
    return Metrics(facts, code.scores, getattr(code, "correct", _no_accuracies))


def scores(name: str, truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
    """Return every score of the family of that name, such as `sentiment`, `sims` or `iemocap`.

    Truth and prediction are (segment, column), or (segment,) where the family has one column.

    Raises:
        EvenfuseError: if there is no such family, or the arrays do not fit it.
    """
    return family(name).scores(truth, prediction)


def _no_accuracies(truth: FloatArray, prediction: FloatArray) -> dict[str, BoolArray]:
    return {}
