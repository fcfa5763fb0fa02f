"""How sure a mean and a gap are, where test segments and seeds are both draws.

The score of an arm's seed on a segment is taken as mean + seed + segment + rest: seeds and segments
are crossed random effects, so that what is said holds for other segments and for other seeds. A
half-width is that of Graybill and Wang (1980, "modified large samples"), which joins the two
sources, each with its own degrees of freedom::

    half-width ** 2 = t ** 2 * variance of the seeds / S + z ** 2 * variance of the segments / N

t has the degrees of freedom of the seeds, joined over two arms by Welch and Satterthwaite, so that
arms may differ in how much their seeds spread. Seeds of two arms are not paired: two models make
different things of one seed. benchmarks/crossed.py measures the size of the test, its power and
the coverage of the intervals.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm, t

from evenfuse.errors import EvenfuseError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean or a gap: its 95 % interval, and p, two-sided, that it is 0 but for the draws.

    `segments` and `seeds` count what was drawn; of one seed each, nothing is known of their spread,
    and both interval and p are of that seed alone.
    """

    value: float
    low: float
    high: float
    p: float
    segments: int
    seeds: int


@dataclass(frozen=True)
class _Seeds:
    """What the seeds of one arm add to the variance of its mean."""

    variance: float
    freedom: int

    @classmethod
    def of(cls, scores: Floats) -> "_Seeds":
        seeds, segments = scores.shape
        if seeds == 1:
            return cls(0.0, 0)
        means = scores.mean(axis=1)
        rest = scores - scores.mean(axis=0) - means[:, None] + scores.mean()
        noise = (rest**2).sum() / ((seeds - 1) * max(segments - 1, 1))
        between = segments * means.var(ddof=1)
        return cls(max(between - noise, 0.0) / (seeds * segments), seeds - 1)


def mean(scores: NDArray[Any]) -> Estimate:
    """Estimate the mean of scores (seed, segment).

    Raises:
        EvenfuseError: if there are less than two segments, or a score is not finite.
    """
    checked = _checked(scores)
    return _estimate(checked.mean(axis=0), [_Seeds.of(checked)], len(checked))


def gap(first: NDArray[Any], second: NDArray[Any]) -> Estimate:
    """Estimate by how much the mean of `first` is above that of `second`, on the same segments.

    Both are (seed, segment); the numbers of seeds may differ.

    Raises:
        EvenfuseError: as `mean`, or if the numbers of segments differ.
    """
    both = [_checked(first), _checked(second)]
    if both[0].shape[1] != both[1].shape[1]:
        raise EvenfuseError(
            f"cannot compare scores of {both[0].shape[1]} and {both[1].shape[1]} segments: "
            "both arms must be evaluated on the same"
        )
    differences = both[0].mean(axis=0) - both[1].mean(axis=0)
    return _estimate(differences, [_Seeds.of(arm) for arm in both], min(map(len, both)))


def _estimate(per_segment: Floats, seeds: Sequence[_Seeds], number: int) -> Estimate:
    count = len(per_segment)
    value, of_segments = float(per_segment.mean()), float(per_segment.var(ddof=1)) / count
    of_seeds = sum(arm.variance for arm in seeds)
    squares = sum(arm.variance**2 / arm.freedom for arm in seeds if arm.variance > 0)
    freedom = of_seeds**2 / squares if squares > 0 else np.inf

    def half_width(error: float) -> float:
        by_seeds = t.isf(error / 2, freedom) ** 2 * of_seeds if of_seeds > 0 else 0.0
        return float(np.sqrt(by_seeds + norm.isf(error / 2) ** 2 * of_segments))

    width = half_width(0.05)
    return Estimate(
        value=value,
        low=value - width,
        high=value + width,
        p=_p(abs(value), half_width),
        segments=count,
        seeds=number,
    )


def _p(distance: float, half_width: Callable[[float], float]) -> float:
    """Return the error at which an interval just reaches 0."""
    least = 1e-12
    if half_width(least) <= distance:
        return 0.0 if distance else 1.0
    if distance == 0:
        return 1.0
    return float(brentq(lambda error: half_width(error) - distance, least, 1.0))


def _checked(scores: NDArray[Any]) -> Floats:
    values = np.asarray(scores, np.float64)
    if values.ndim != 2 or values.shape[0] < 1 or values.shape[1] < 2:
        raise EvenfuseError(
            f"cannot tell how sure scores of shape {values.shape} are: give (seed, segment), with "
            "two segments or more"
        )
    if not np.isfinite(values).all():
        raise EvenfuseError("cannot tell how sure scores are: one of them is NaN or infinite")
    return values
