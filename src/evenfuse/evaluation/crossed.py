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
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from evenfuse.errors import EvenfuseError

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A mean or a gap: its 95 % interval, and p, two-sided, that it is 0 but for the draws.

    `segments` and `seeds` count what was drawn, the seeds of each arm.
    """

    value: float
    low: float
    high: float
    p: float
    segments: int
    seeds: tuple[int, ...]


@dataclass(frozen=True)
class _Seeds:
    """The seeds of one arm: how much its mean varies by them, with the rest, and the rest alone."""

    spread: float
    rest: float
    freedom: int

    @classmethod
    def of(cls, scores: Floats) -> "_Seeds":
        """Measure the seeds of scores (seed, segment)."""
        seeds, segments = scores.shape
        means = scores.mean(axis=1)
        rest = scores - scores.mean(axis=0) - means[:, None] + scores.mean()
        noise = (rest**2).sum() / ((seeds - 1) * (segments - 1))
        return cls(means.var(ddof=1) / seeds, noise / (seeds * segments), seeds - 1)

    @property
    def variance(self) -> float:
        """What the seeds alone add to the variance of the mean."""
        return max(self.spread - self.rest, 0.0)

    def beside_a_single_seed(self) -> "_Seeds":
        """Add an arm of one seed that is taken to spread as these do.

        The rest stays in: with it taken off, few seeds look alike too often to vouch for another.
        """
        seeds = self.freedom + 1
        return _Seeds((1 + seeds) * self.spread, 0.0, self.freedom)


def mean(scores: NDArray[Any]) -> Estimate:
    """Estimate the mean of scores (seed, segment).

    A single seed says nothing of others: interval and p are then of that seed alone.

    Raises:
        EvenfuseError: if there are less than two segments, or a score is not finite.
    """
    checked = _checked(scores)
    seeds = [_Seeds.of(checked)] if len(checked) > 1 else []
    return _estimate(checked.mean(axis=0), seeds, (len(checked),))


def gap(first: NDArray[Any], second: NDArray[Any]) -> Estimate:
    """Estimate by how much the mean of `first` is above that of `second`, on the same segments.

    Both are (seed, segment); the numbers of seeds may differ. A single seed is taken to spread as
    those of the other arm. Of one seed each nothing is known: the interval is infinite and p is 1.

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
    numbers = (len(both[0]), len(both[1]))
    if max(numbers) == 1:
        return Estimate(float(differences.mean()), -inf, inf, 1.0, differences.size, numbers)
    seeds = [_Seeds.of(arm) for arm in both if len(arm) > 1]
    if min(numbers) == 1:
        seeds = [seeds[0].beside_a_single_seed()]
    return _estimate(differences, seeds, numbers)


def _estimate(per_segment: Floats, seeds: Sequence[_Seeds], numbers: tuple[int, ...]) -> Estimate:
    count = len(per_segment)
    value, of_segments = float(per_segment.mean()), float(per_segment.var(ddof=1)) / count
    of_seeds = sum(arm.variance for arm in seeds)
    freedom = _freedom(seeds) if of_seeds > 0 else inf

    def half_width(error: float) -> float:
        quantiles = stdtrit(freedom, error / 2), ndtri(error / 2)
        return float(np.sqrt(quantiles[0] ** 2 * of_seeds + quantiles[1] ** 2 * of_segments))

    width = half_width(0.05)
    p = _p(abs(value), half_width)
    return Estimate(value, value - width, value + width, p, count, numbers)


def _freedom(seeds: Sequence[_Seeds]) -> float:
    """Join the degrees of freedom of arms whose seeds may spread differently: Welch 1947."""
    squares = sum(arm.spread**2 / arm.freedom for arm in seeds)
    return sum(arm.spread for arm in seeds) ** 2 / squares


def _p(distance: float, half_width: Callable[[float], float]) -> float:
    """Return the error at which an interval just reaches 0, by halving."""
    if distance == 0:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if half_width(middle) > distance else (low, middle)
    return low


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
