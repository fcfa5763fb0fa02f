"""Segments of unequal length, laid end to end."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError

VIDEO = re.compile(r"\[|\$_\$")


@dataclass(frozen=True)
class Ragged:
    """Sequences of unequal length: segment i is `values[offsets[i]:offsets[i + 1]]`."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    def __getitem__(self, index: int) -> NDArray[Any]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    @classmethod
    def join(cls, sequences: Sequence[NDArray[Any]]) -> "Ragged":
        """Lay the sequences of segments, each (row, ...), end to end."""
        return cls(np.concatenate(sequences), np.cumsum([0, *map(len, sequences)]))

    def lengths(self) -> NDArray[np.int64]:
        """Return the number of rows of every segment, shape (segment,)."""
        return np.diff(self.offsets)


@dataclass(frozen=True)
class Segments:
    """Segments of one video (during alignment) or of one split (when read from a cache).

    `intervals` is (segment, 2) in seconds, or NaN; `labels` is (segment, column). If the data was
    aligned, `words` and every entry of `features` have one row per word. A pause is an empty word.
    """

    ids: list[str]
    intervals: NDArray[np.float64]
    labels: NDArray[np.float32]
    words: Ragged
    features: dict[str, Ragged]

    def __len__(self) -> int:
        return len(self.ids)

    def __repr__(self) -> str:
        widths = [f"{name} ({rows.values.shape[1]})" for name, rows in self.features.items()]
        return f"<Segments: {len(self)} of {', '.join(widths) or 'words alone'}>"

    def sentences(self) -> list[str]:
        """Return the text of every segment, without its pauses."""
        return [" ".join(word for word in self.words[i] if word) for i in range(len(self))]


def without_nan(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], int]:
    """Return values with 0 for each that is NaN or infinite, and how many these were."""
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()):  # one fast pass shows that every value is finite
            return values, 0
    wrong = ~np.isfinite(values)
    return np.where(wrong, np.float32(0), values), int(np.count_nonzero(wrong))


def as_float32(values: NDArray[Any], where: str) -> NDArray[np.float32]:
    """Return real numbers as float32; what float32 cannot hold becomes infinite.

    Raises:
        EvenfuseError: if they are complex, text or objects; `where` begins the message.
    """
    if values.dtype.kind not in "biuf":
        raise EvenfuseError(f"{where} should hold plain numbers, but holds {values.dtype}")
    with np.errstate(over="ignore"):
        return values.astype(np.float32, copy=False)


def video_of(segment: str) -> str:
    """Return the video in a segment's id, `video[number]`, or `video$_$clip` in pickles."""
    return VIDEO.split(segment)[0]
