"""Write a cache: one HDF5 file per split, segments of unequal length laid end to end.

Layout of a file (n segments; r rows in all of them)::

    segments/id TEXT (n,)        segments/interval (n, 2) seconds     segments/label (n, k)
    words/values TEXT (r,)       words/offsets (n + 1,)
    features/NAME/values (r, k)  features/NAME/offsets (n + 1,)

TEXT (n,) is two arrays: `bytes`, UTF-8 laid end to end, and `offsets` (n + 1,) into them. In data
aligned here, row i of a segment belongs to the same word in every sequence; otherwise each sequence
has rows of its own, and intervals may be NaN. Every array has a checksum. The attribute
`provenance` of the root holds JSON: sources with their SHA-256, settings, versions, and what was
dropped or repaired.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.arrays import ArraysWriter
from evenfuse.cache.segments import Segments

SCHEMA = 2


class CacheWriter:
    """Writes one split, video by video; memory use does not grow with the number of videos."""

    def __init__(self, path: Path):
        self._arrays = ArraysWriter(path)

    def append(self, segments: Segments) -> None:
        """Add the segments of one video."""
        self._append_text("segments/id", segments.ids)
        self._arrays.append("segments/interval", segments.intervals)
        self._arrays.append("segments/label", segments.labels)
        words = self._append_text("words/values", segments.words.values)
        self._append_offsets("words/offsets", segments.words.offsets, words)
        for name, sequence in segments.features.items():
            rows = self._arrays.append(f"features/{name}/values", sequence.values)
            self._append_offsets(f"features/{name}/offsets", sequence.offsets, rows)

    def close(self, provenance: Mapping[str, Any]) -> None:
        """Write the file, with what is known of the origin of its content."""
        # as bytes, since HDF5 has no checksum of a text of any length
        self._arrays.close({"schema": SCHEMA, "provenance": np.bytes_(json.dumps(provenance))})

    def _append_text(self, name: str, texts: Iterable[str]) -> int:
        """Add texts and return their number so far."""
        encoded = [text.encode() for text in texts]
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        content = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        end = self._arrays.append(f"{name}/bytes", content)
        return self._append_offsets(f"{name}/offsets", offsets, end) - 1

    def _append_offsets(self, name: str, offsets: NDArray[np.int64], end: int) -> int:
        """Add offsets that start at 0, shifted so that the last is `end`."""
        repeated = int(name in self._arrays)  # the first offset is the last of the video before
        return self._arrays.append(name, (offsets + (end - offsets[-1]))[repeated:])
