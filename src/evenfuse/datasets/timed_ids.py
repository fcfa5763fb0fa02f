"""Ids of MulT's pickles: for each segment the video and when it starts and ends in it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.datasets.padded import PaddedSplit
from evenfuse.datasets.table import printable

KEY, FORM = "id", "should hold a video, a start and an end for every segment"


def read_ids(split: PaddedSplit, count: int) -> tuple[list[str], NDArray[np.float64]]:
    """Return an id `video[start-end]` and an interval in seconds for each segment.

    In a file without ids they are `split[number]` and NaN.

    Raises:
        EvenfuseError: if there are other than three texts for a segment, or a time is no number.
    """
    if KEY not in split:
        return [f"{split.name}[{row}]" for row in range(count)], np.full((count, 2), np.nan)
    rows = split.value(KEY)
    if not isinstance(rows, list | tuple | np.ndarray) or len(rows) != count:
        raise split.wrong(KEY, f"{FORM}, {count} in all")
    triples = [_triple(split, rows[row], row) for row in range(count)]
    intervals = [_times(split, triple, row) for row, triple in enumerate(triples)]
    ids = [f"{video}[{start}-{end}]" for video, start, end in triples]
    return ids, np.array(intervals, np.float64)


def _triple(split: PaddedSplit, given: Any, row: int) -> list[str]:
    entries = given if isinstance(given, list | tuple | np.ndarray) else []
    texts = [_text(entry) for entry in entries[:4]]
    if len(texts) != 3 or None in texts:
        raise split.wrong(KEY, f"{FORM}, but segment {row} has something else")
    return [text for text in texts if text is not None]


def _text(entry: Any) -> str | None:
    """Return a text, bytes or a number as a text; anything else is none."""
    if isinstance(entry, bytes):
        return entry.decode("utf-8", "replace")
    return str(entry) if isinstance(entry, str | int | float | np.number) else None


def _times(split: PaddedSplit, triple: list[str], row: int) -> tuple[float, float]:
    try:
        start, end = (float(text) for text in triple[1:])
    except ValueError:
        start, end = np.nan, np.nan
    if not (np.isfinite(start) and np.isfinite(end) and start <= end):
        times = printable(f"{triple[1]} to {triple[2]}")
        raise split.wrong(KEY, f"has the times {times} for segment {row}")
    return start, end
