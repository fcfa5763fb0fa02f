"""Find which frames overlap which words: the CMU-MultimodalSDK's rule, bit for bit, without loops.

A reference row is a word or a labelled segment. A frame is what is aligned to it: a frame of audio
or video, or a word. Intervals are (start, end) in seconds.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

EPSILON = 1e-3
"""Seconds that a frame and a reference row must share, as in CMU-MultimodalSDK 0.0.6."""

MOST_PAIRS = 1 << 24
"""Pairs of a frame and a reference row, so that times that are all alike do not fill the memory."""


class Pairs(NamedTuple):
    """The joined pairs: the frame `frame[p]` belongs to the row `reference[p]`.

    Two int64 arrays of equal length, ordered by reference row, then by the start of the frame;
    frames that start together keep their order.
    """

    reference: NDArray[np.int64]
    frame: NDArray[np.int64]


def overlaps(
    reference: NDArray[np.float64], frames: NDArray[np.float64], epsilon: float = EPSILON
) -> Pairs:
    """Join frames (m, 2) to reference rows (n, 2), both in seconds and in any order.

    A frame joins every row with which it shares more than `epsilon` seconds. A row shorter than
    `epsilon` gets no frame. Source: `mmdataset.align` of CMU-MultimodalSDK 0.0.6.

    Raises:
        ValueError: if an array is not (rows, 2), or holds NaN or infinity, or if more than
            `MOST_PAIRS` rows and frames may overlap.
    """
    _check("reference", reference)
    _check("frames", frames)
    # one array per column: numpy selects from these far faster than from rows of pairs
    rows = np.ascontiguousarray(reference.T)
    by_start = np.argsort(frames[:, 0], kind="stable")
    in_order = np.stack((frames[:, 0][by_start], frames[:, 1][by_start]))
    row, position = _candidates(rows, in_order, epsilon)
    joined = _joins(rows.take(row, axis=1), in_order.take(position, axis=1), epsilon)
    return Pairs(row[joined], by_start[position[joined]])


def covered(pairs: Pairs, n_reference: int) -> NDArray[np.bool_]:
    """Return which reference rows have at least one frame, as booleans (n_reference,).

    Raises:
        IndexError: if the pairs name a row beyond `n_reference`.
    """
    has_frames = np.zeros(n_reference, dtype=np.bool_)
    has_frames[pairs.reference] = True
    return has_frames


def mean_over(pairs: Pairs, features: NDArray[Any], n_reference: int) -> NDArray[Any]:
    """Return the mean features (n_reference, k) of the frames (m, k) of each reference row.

    The features are float32 or float64, and so are the means. Every frame counts in full, however
    small its overlap. Rows without frames are zeros. Bit-equal to the SDK when it collapses with
    `numpy.average(features, axis=0)`.

    Raises:
        ValueError: if the pairs name a row or a frame that does not exist.
    """
    rows, frames = pairs
    if rows.max(initial=-1) >= n_reference or frames.max(initial=-1) >= len(features):
        raise ValueError(
            f"pairs reach beyond {n_reference} reference rows or {len(features)} frames"
        )
    counts = np.bincount(rows, minlength=n_reference)
    sums = _sums(features, frames, np.concatenate(([0], np.cumsum(counts))))
    means: NDArray[Any] = sums / np.maximum(counts, 1).astype(features.dtype)[:, None]
    return means


def _check(name: str, intervals: NDArray[np.float64]) -> None:
    if intervals.ndim != 2 or intervals.shape[1] != 2:
        raise ValueError(f"{name} must be (rows, 2): start and end, not {intervals.shape}")
    if not np.isfinite(intervals).all():
        raise ValueError(f"{name} holds a time that is NaN or infinite")


def _candidates(
    reference: NDArray[np.float64], frames: NDArray[np.float64], epsilon: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return pairs of row and frame that include all that join, of (2, n) and sorted (2, m)."""
    # rounding keeps the order, so these bounds lose no pair that passes the exact test
    latest_end = np.maximum.accumulate(frames[1])
    first = np.searchsorted(latest_end, reference[0] - epsilon, side="left")
    last = np.searchsorted(frames[0], reference[1] + epsilon, side="right")
    too_short = np.abs(reference[0] - reference[1]) < epsilon
    counts = np.where(too_short, 0, np.maximum(last - first, 0))
    if counts.sum() > MOST_PAIRS:
        raise ValueError(f"more than {MOST_PAIRS} pairs of them may overlap; correct their times")
    row = np.repeat(np.arange(reference.shape[1]), counts)
    skipped = first - (np.cumsum(counts) - counts)
    return row, np.arange(len(row)) + np.repeat(skipped, counts)


def _joins(
    reference: NDArray[np.float64], frames: NDArray[np.float64], epsilon: float
) -> NDArray[np.bool_]:
    """Return which pairs of row and frame, both (2, p), pass the SDK's test with its rounding."""
    near = (reference[1] - frames[0] > -epsilon) & (frames[1] - reference[0] > -epsilon)
    start, end = _shared(reference, frames)
    joins: NDArray[np.bool_] = near & (np.abs(start - end) > epsilon)
    return joins


def _shared(
    reference: NDArray[np.float64], frames: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return starts and ends of each frame cut to its reference row, both (2, p)."""
    return np.maximum(frames[0], reference[0]), np.minimum(frames[1], reference[1])


def _sums(
    features: NDArray[Any], frames: NDArray[np.int64], bounds: NDArray[np.int64]
) -> NDArray[Any]:
    """Return the sums (n, k) of the features of `frames[bounds[i]:bounds[i + 1]]` for each i."""
    if features.shape[1] != 1:
        ones = np.ones(len(frames), dtype=np.float32)
        membership = csr_array((ones, frames, bounds), shape=(len(bounds) - 1, len(features)))
        sums: NDArray[Any] = membership @ features
        return sums
    # numpy.average sums a single column pairwise, but several columns from top to bottom
    column = features[frames, 0]
    return np.array([column[a:b].sum() for a, b in pairwise(bounds)], dtype=features.dtype)[:, None]
