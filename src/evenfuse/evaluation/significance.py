"""Uncertainty: spread over seeds, bootstrap intervals, paired tests between two arms."""

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr

from evenfuse.errors import EvenfuseError

Array = NDArray[Any]
Scores = Callable[[Array, Array], Mapping[str, float]]


class Summary(TypedDict):
    """One metric over seeds; `std` is None for a single seed, so that JSON never holds NaN."""

    mean: float
    std: float | None


def summarize(per_seed: Sequence[float]) -> Summary:
    """Return mean and standard deviation (n - 1) of one metric over seeds.

    Raises:
        EvenfuseError: if there is no value, or one is NaN or infinite.
    """
    values = np.asarray(per_seed, np.float64)
    if values.size == 0 or not np.isfinite(values).all():
        raise EvenfuseError(f"cannot summarize {values.tolist()}: give a finite number per seed")
    std = float(values.std(ddof=1)) if values.size > 1 else None
    return {"mean": float(values.mean()), "std": std}


def bootstrap_intervals(
    truth: Array, predictions: Array, scores: Scores, *, resamples: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return the 95 % percentile interval (low, high) of the mean over seeds, for each metric.

    Takes truth (n, ...) and predictions (seeds, n, ...). Every resample draws seeds, and test
    samples that all seeds share. With few seeds the interval is a little too narrow.
    Source: Efron and Tibshirani 1993, chapter 13.

    Raises:
        EvenfuseError: if there is nothing to draw from, lengths differ, or `scores` refuses a
            resample.
    """
    if resamples < 1 or predictions.size == 0 or predictions.shape[1:2] != truth.shape[:1]:
        raise EvenfuseError(
            f"cannot draw {resamples} resamples from truth {truth.shape} and predictions"
            f" {predictions.shape}: give (n,) and (seeds, n), and at least one resample"
        )
    names = list(scores(truth, predictions[0]))
    rng = np.random.default_rng(seed)
    drawn = [_resampled(truth, predictions, scores, rng) for _ in range(resamples)]
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0).tolist()
    return dict(zip(names, zip(low, high, strict=True), strict=True))


def _resampled(
    truth: Array, predictions: Array, scores: Scores, rng: np.random.Generator
) -> NDArray[np.float64]:
    seeds, samples = predictions.shape[:2]
    rows = rng.integers(samples, size=samples)
    # a seed that is drawn twice is scored once and counts double
    drawn, times = np.unique(rng.integers(seeds, size=seeds), return_counts=True)
    table = [list(scores(truth[rows], predictions[index][rows]).values()) for index in drawn]
    mean: NDArray[np.float64] = times @ np.array(table) / seeds
    return mean


def paired_permutation_test(first: Array, second: Array, *, permutations: int, seed: int) -> float:
    """Return the two-sided p, 0 < p <= 1, of the mean difference between two arms.

    Takes per-sample losses or correctness (seeds, n), paired by seed and sample. A permutation
    swaps the arms of a sample in all its seeds at once, since these are not independent.
    Source: Phipson and Smyth 2010 (the observed order counts too, so p is never 0).

    Raises:
        EvenfuseError: if shapes differ, are empty or not (seeds, n), or a value is not finite.
    """
    first, second = _paired(first, second, axes=2)
    if permutations < 1:
        raise EvenfuseError(f"cannot test with {permutations} permutations: give 1 or more")
    difference = (first - second).mean(axis=0)
    total = difference.sum()
    rng = np.random.default_rng(seed)
    swaps = (rng.integers(2, size=difference.size) for _ in range(permutations))
    sums = np.array([total - 2 * (swap @ difference) for swap in swaps])
    # ties with the observed sum count as extreme; rounding must not break them
    observed = abs(total) - 1e-12 * np.abs(difference).sum()
    return float((1 + np.count_nonzero(np.abs(sums) >= observed)) / (1 + permutations))


def mcnemar(first_correct: Array, second_correct: Array) -> float:
    """Return the two-sided p, 0..1, that two arms are right equally often: exact McNemar (1947).

    Takes booleans (n,) of a single seed each, since pooled seeds would count a sample repeatedly.

    Raises:
        EvenfuseError: if shapes differ, are empty or not (n,), or a value is not finite.
    """
    first, second = _paired(first_correct, second_correct, axes=1)
    wins, losses = np.count_nonzero(first > second), np.count_nonzero(first < second)
    one_sided = bdtr(min(wins, losses), wins + losses, 0.5)
    return float(min(1.0, 2 * one_sided))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust the p-values of one table for their number, keeping their order: Holm 1979.

    Raises:
        EvenfuseError: if a p-value is not in 0..1.
    """
    p = np.asarray(p_values, np.float64)
    if not ((p >= 0) & (p <= 1)).all():
        raise EvenfuseError(f"cannot adjust {p.tolist()}: every p-value lies in 0..1")
    order = np.argsort(p)
    stepped = np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stepped, 1)
    return [float(value) for value in adjusted]


def binomial_standard_error(p: float, n: int) -> float:
    """Return the standard error `sqrt(p (1 - p) / n)` of a proportion p in 0..1 of n samples.

    Raises:
        EvenfuseError: if p is not in 0..1, or n is below 1.
    """
    if not 0 <= p <= 1 or n < 1:
        raise EvenfuseError(f"no standard error for p = {p}, n = {n}: p lies in 0..1, n from 1 up")
    return sqrt(p * (1 - p) / n)


def _paired(first: Array, second: Array, axes: int) -> tuple[Array, Array]:
    first, second = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if first.shape != second.shape or first.ndim != axes or first.size == 0:
        wanted = "(n,)" if axes == 1 else "(seeds, n)"
        raise EvenfuseError(
            f"cannot pair arrays {first.shape} and {second.shape}: both must be {wanted}, n from 1"
        )
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise EvenfuseError("cannot compare two arms: one of them holds NaN or infinity")
    return first, second
