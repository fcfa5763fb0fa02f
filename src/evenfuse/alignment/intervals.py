"""Which frames overlap which words: the CMU-MultimodalSDK's rule, bit for bit, without loops.

A reference row is a word, or a label segment; a frame is what is aligned to it: a frame of audio or
video, or a word. Intervals are (start, end) in seconds.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

EPSILON = 1e-3
"""Seconds that a frame and a reference row must share, as in CMU-MultimodalSDK 0.0.6."""


class Pairs(NamedTuple):
    """What was joined: entry p says that `frame[p]` belongs to the row `reference[p]`.

    Two int64 arrays of one length, ordered by reference row, then by the start of the frame;
    frames that start together keep their order.
    """

    reference: NDArray[np.int64]
    frame: NDArray[np.int64]


def overlaps(
    reference: NDArray[np.float64], frames: NDArray[np.float64], epsilon: float = EPSILON
) -> Pairs:
    """Join the frames (m, 2) to every row of the reference (n, 2), both in seconds, in any order.

    A frame joins if it shares more than `epsilon` seconds with the row; it may join several rows.
    A row shorter than `epsilon` gets none. Source: `mmdataset.align` of CMU-MultimodalSDK 0.0.6.

    Raises:
        ValueError: an array is not (rows, 2), or holds NaN or infinity.
    """
    _check("reference", reference)
    _check("frames", frames)
    # columns on their own: numpy picks from them far faster than rows from pairs of columns
    rows = np.ascontiguousarray(reference.T)
    by_start = np.argsort(frames[:, 0], kind="stable")
    in_order = np.stack((frames[:, 0][by_start], frames[:, 1][by_start]))
    row, position = _candidates(rows, in_order, epsilon)
    joined = _joins(rows.take(row, axis=1), in_order.take(position, axis=1), epsilon)
    return Pairs(row[joined], by_start[position[joined]])


def covered(pairs: Pairs, n_reference: int) -> NDArray[np.bool_]:
    """Say for each of the reference rows whether any frame was joined to it; bool (n_reference,).

    Raises:
        IndexError: the pairs name a row that is not there.
    """
    found = np.zeros(n_reference, dtype=np.bool_)
    found[pairs.reference] = True
    return found


def mean_over(pairs: Pairs, features: NDArray[Any], n_reference: int) -> NDArray[Any]:
    """Average the features (m, k) of the frames of each reference row; (n_reference, k).

    The features are float32 or float64, and so are the means. Every frame counts in
    full, however little of it overlaps. Rows without frames are zeros.
    Bit-equal to the SDK collapsing with `numpy.average(features, axis=0)`.

    Raises:
        ValueError: the pairs name a row or a frame that is not there.
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
    """Every row and frame that could join, and a few more; (2, n), and (2, m) sorted by start."""
    # Rounding keeps order, so these bounds lose no pair that passes the exact test.
    latest_end = np.maximum.accumulate(frames[1])
    first = np.searchsorted(latest_end, reference[0] - epsilon, side="left")
    last = np.searchsorted(frames[0], reference[1] + epsilon, side="right")
    too_short = np.abs(reference[0] - reference[1]) < epsilon
    counts = np.where(too_short, 0, np.maximum(last - first, 0))
    row = np.repeat(np.arange(reference.shape[1]), counts)
    skipped = first - (np.cumsum(counts) - counts)
    return row, np.arange(len(row)) + np.repeat(skipped, counts)


def _joins(
    reference: NDArray[np.float64], frames: NDArray[np.float64], epsilon: float
) -> NDArray[np.bool_]:
    """Put the SDK's test, with its rounding, to each row and the frame beside it; both (2, p)."""
    near = (reference[1] - frames[0] > -epsilon) & (frames[1] - reference[0] > -epsilon)
    start, end = _shared(reference, frames)
    joins: NDArray[np.bool_] = near & (np.abs(start - end) > epsilon)
    return joins


def _shared(
    reference: NDArray[np.float64], frames: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cut each frame to its reference row, all (2, p); return starts and ends."""
    return np.maximum(frames[0], reference[0]), np.minimum(frames[1], reference[1])


def _sums(
    features: NDArray[Any], frames: NDArray[np.int64], bounds: NDArray[np.int64]
) -> NDArray[Any]:
    """Add up the features of frames[bounds[i]:bounds[i + 1]] for each i; (n, k)."""
    if features.shape[1] != 1:
        ones = np.ones(len(frames), dtype=np.float32)
        membership = csr_array((ones, frames, bounds), shape=(len(bounds) - 1, len(features)))
        sums: NDArray[Any] = membership @ features
        return sums
    # numpy.average adds a lone column pairwise, not top to bottom as it adds several.
    column = features[frames, 0]
    return np.array([column[a:b].sum() for a, b in pairwise(bounds)], dtype=features.dtype)[:, None]
