"""The cache: one HDF5 file per split, segments of unequal length laid end to end.

Layout of a file (n segments; r rows in all of them)::

    segments/id (n,) text        segments/interval (n, 2) seconds     segments/label (n, k)
    words/values (r,) text       words/offsets (n + 1,)
    features/NAME/values (r, k)  features/NAME/offsets (n + 1,)

If it was aligned here, row i of a segment belongs to the same word in every sequence; from a
pickle, each sequence has rows of its own and intervals are NaN. The root's attribute ``provenance``
holds JSON: sources with their SHA-256, settings, versions, and what was dropped or repaired.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError

SCHEMA = 1
TEXT = h5py.string_dtype("utf-8")


@dataclass(frozen=True)
class Ragged:
    """Sequences of unequal length: segment i is ``values[offsets[i]:offsets[i + 1]]``."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]

    def __getitem__(self, index: int) -> NDArray[Any]:
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def lengths(self) -> NDArray[np.int64]:
        """Return the number of rows of every segment, shape (segment,)."""
        return np.diff(self.offsets)


@dataclass(frozen=True)
class Segments:
    """Segments: of one video while they are aligned, of one split when they are read.

    `intervals` is (segment, 2) in seconds or NaN, `labels` (segment, label). `words` and every
    entry of `features` have one row per word, if they were aligned. A pause has no letters.
    """

    ids: list[str]
    intervals: NDArray[np.float64]
    labels: NDArray[np.float32]
    words: Ragged
    features: dict[str, Ragged]

    def __len__(self) -> int:
        return len(self.ids)

    def sentences(self) -> list[str]:
        """Return the text of every segment: its words without the pauses."""
        return [" ".join(word for word in self.words[i] if word) for i in range(len(self))]


class CacheWriter:
    """Writes one split, video by video."""

    def __init__(self, path: Path):
        self._path = path
        # in memory until it is whole: HDF5 crashes where a disk fills up under a growing dataset
        self._bytes = io.BytesIO()
        self._file = h5py.File(self._bytes, "w")
        self._file.attrs["schema"] = SCHEMA

    def append(self, segments: Segments) -> None:
        """Add the segments of one video."""
        self._extend("segments/id", np.array(segments.ids, dtype=object))
        self._extend("segments/interval", segments.intervals)
        self._extend("segments/label", segments.labels)
        self._extend_ragged("words", segments.words)
        for name, sequence in segments.features.items():
            self._extend_ragged(f"features/{name}", sequence)

    def close(self, provenance: Mapping[str, Any]) -> None:
        """Store where the content comes from and close the file."""
        self._file.attrs["provenance"] = json.dumps(provenance)
        self._file.close()
        self._path.write_bytes(self._bytes.getbuffer())

    def _extend_ragged(self, name: str, sequence: Ragged) -> None:
        end = self._extend(f"{name}/values", sequence.values)
        offsets = sequence.offsets + end - len(sequence.values)
        begun = f"{name}/offsets" in self._file
        self._extend(f"{name}/offsets", offsets[1:] if begun else offsets)

    def _extend(self, name: str, rows: NDArray[Any]) -> int:
        if name not in self._file:
            kind = TEXT if rows.dtype == object else rows.dtype
            shape = (0, *rows.shape[1:])
            limit = (None, *rows.shape[1:])
            self._file.create_dataset(
                name, shape, kind, maxshape=limit, fletcher32=kind is not TEXT
            )
        dataset = self._file[name]
        end = len(dataset) + len(rows)
        dataset.resize(end, axis=0)
        dataset[end - len(rows) :] = rows
        return end


def read_cache(path: Path) -> Segments:
    """Read one split into memory.

    Raises:
        EvenfuseError: if the file is missing, damaged or of another schema.
    """
    try:
        with h5py.File(path) as file:
            if file.attrs.get("schema") != SCHEMA:
                raise EvenfuseError(f"{path} has another cache schema; delete it and run again")
            return Segments(
                ids=list(file["segments/id"].asstr()[:]),
                intervals=file["segments/interval"][:],
                labels=file["segments/label"][:],
                words=Ragged(file["words/values"].asstr()[:], file["words/offsets"][:]),
                features={
                    name: Ragged(group["values"][:], group["offsets"][:])
                    for name, group in file.get("features", {}).items()
                },
            )
    except (OSError, KeyError) as error:
        raise EvenfuseError(
            f"the cache {path} cannot be read ({error}); delete it and run again"
        ) from None


def read_provenance(path: Path) -> dict[str, Any]:
    """Read what a cache file says of its own making."""
    try:
        with h5py.File(path) as file:
            content: dict[str, Any] = json.loads(file.attrs["provenance"])
            return content
    except (OSError, KeyError, ValueError) as error:
        raise EvenfuseError(
            f"the cache {path} cannot be read ({error}); delete it and run again"
        ) from None
