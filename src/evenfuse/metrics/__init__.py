"""Pure functions of (truth, prediction), in families: one file each, file name = config name."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from evenfuse import parts
from evenfuse.metrics._basics import FloatArray, jackknife
from evenfuse.settings.metrics import Family


class Metrics(NamedTuple):
    """A family: its facts, and functions of truth and prediction, each (n, columns).

    `scores` returns every metric of the facts, each a finite number; proportions lie in 0..1.
    `contributions` returns what each sample adds to each metric, whose mean the metric is; a
    metric may leave out samples, by the truth alone, so that two predictions of one truth pair up.
    A file that has no `contributions` gets those of a jackknife, which take longer. `in_words`, if
    a file has it, returns the class of each prediction.
    """

    facts: Family
    scores: Callable[[FloatArray, FloatArray], dict[str, float]]
    contributions: Callable[[FloatArray, FloatArray], dict[str, FloatArray]]
    in_words: Callable[[FloatArray], list[str]] | None


def family(name: str) -> Metrics:
    """Return the family of that name, or raise EvenfuseError with the names to choose from."""
    facts: Family = parts.facts("metrics", name).FAMILY
    code = parts.code("metrics", name)
    own = getattr(code, "contributions", None)
    contributions = own or partial(jackknife, code.scores)
    return Metrics(facts, code.scores, contributions, getattr(code, "in_words", None))


def scores(name: str, truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
    """Return every score of the family of that name, such as `sentiment`, `sims` or `iemocap`.

    Truth and prediction are (segment, column), or (segment,) where the family has one column.

    Raises:
        EvenfuseError: if there is no such family, or the arrays do not fit it.
    """
    return family(name).scores(truth, prediction)
