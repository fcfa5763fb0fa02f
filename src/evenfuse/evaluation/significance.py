"""Spread over seeds, and p-values corrected for their number."""

from collections.abc import Sequence
from math import sqrt
from typing import TypedDict

import numpy as np

from evenfuse.errors import EvenfuseError


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
