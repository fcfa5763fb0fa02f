"""The cache: one HDF5 file per split, segments of unequal length laid end to end.

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

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.arrays import ArraysWriter, map_array, read_array
from evenfuse.errors import EvenfuseError

SCHEMA = 2
VIDEO = re.compile(r"\[|\$_\$")
ReadArray = Callable[[h5py.File, str], NDArray[Any]]


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


def video_of(segment: str) -> str:
    """Return the video in a segment's id: ``video[number]``, or ``video$_$clip`` in pickles."""
    return VIDEO.split(segment)[0]


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


def read_cache(
    path: Path, features: Collection[str] | None = None, in_memory: bool = True
) -> Segments:
    """Read one split; of the `features` only those named, if any are.

    If not `in_memory`, features stay in the file and are read where they are used.

    Raises:
        EvenfuseError: if the file is missing, damaged or of another schema; in the last two cases
            it is set aside, so that the workflow makes it anew.
    """
    with opened(path) as file:
        return _read_segments(file, features, read_array if in_memory else map_array)


def read_fingerprint(path: Path) -> str:
    """Return a digest of a cache's content, made from the checksums that it holds.

    Raises as `read_cache` does.
    """
    with opened(path) as file:
        parts: list[str] = []

        def note(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                parts.append(f"{name} {item.dtype} {item.shape} {item.attrs['crc32']}")

        file.visititems(note)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Give a cache file that is open; raises as `read_cache` does."""
    try:
        with h5py.File(path) as file:
            schema = file.attrs.get("schema")
            if schema != SCHEMA:
                raise OSError(f"its schema is {schema}, this version has {SCHEMA}")
            yield file
    except FileNotFoundError:
        raise EvenfuseError(f"there is no cache {path}; run the workflow to make it") from None
    except (OSError, KeyError, ValueError) as error:
        aside = path.with_name(f"{path.name}.damaged")
        path.replace(aside)
        raise EvenfuseError(
            f"the cache {path} cannot be used ({error}); it was set aside as {aside.name}, run the "
            "same command again to make it anew"
        ) from None


def _read_segments(file: h5py.File, wanted: Collection[str] | None, read: ReadArray) -> Segments:
    features = {
        name: Ragged(
            read(file, f"features/{name}/values"), read_array(file, f"features/{name}/offsets")
        )
        for name in file.get("features", {})
        if wanted is None or name in wanted
    }
    return Segments(
        ids=_read_text(file, "segments/id").tolist(),
        intervals=read_array(file, "segments/interval"),
        labels=read_array(file, "segments/label"),
        words=Ragged(_read_text(file, "words/values"), read_array(file, "words/offsets")),
        features=features,
    )


def _read_text(file: h5py.File, name: str) -> NDArray[Any]:
    content = read_array(file, f"{name}/bytes").tobytes()
    bounds = pairwise(read_array(file, f"{name}/offsets").tolist())
    if content.isascii():  # a byte is a letter: one decoding in place of one per text
        text = content.decode()
        return np.array([text[a:b] for a, b in bounds], dtype=object)
    return np.array([content[a:b].decode() for a, b in bounds], dtype=object)
