"""Write a cache: one HDF5 file per split, segments of unequal length laid end to end.

Layout of a file (n segments; r rows in all of them)::

    segments/id TEXT (n,)        segments/interval (n, 2) seconds     segments/label (n, k)
    words/values TEXT (r,)       words/offsets (n + 1,)
    features/NAME/values (r, k)  features/NAME/offsets (n + 1,)

TEXT (n,) is two arrays: ``bytes``, UTF-8 laid end to end, and ``offsets`` (n + 1,) into them. If it
was aligned here, row i of a segment belongs to the same word in every sequence; else each sequence
has rows of its own, and intervals may be NaN. Every array has a checksum. The root's attribute
``provenance`` holds JSON: sources with their SHA-256, settings, versions, and what was dropped or
repaired.
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
    """Writes one split, video by video; memory does not grow with the videos."""

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
        """Store where the content comes from and write the file."""
        self._arrays.close({"schema": SCHEMA, "provenance": json.dumps(provenance)})

    def _append_text(self, name: str, texts: Iterable[str]) -> int:
        """Add texts and return how many there are now."""
        encoded = [text.encode() for text in texts]
        offsets = np.cumsum([0, *map(len, encoded)], dtype=np.int64)
        content = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        end = self._arrays.append(f"{name}/bytes", content)
        return self._append_offsets(f"{name}/offsets", offsets, end) - 1

    def _append_offsets(self, name: str, offsets: NDArray[np.int64], end: int) -> int:
        """Add offsets that start at 0, shifted so that the last is `end`."""
        begun = int(name in self._arrays)
        return self._arrays.append(name, (offsets + (end - offsets[-1]))[begun:])
