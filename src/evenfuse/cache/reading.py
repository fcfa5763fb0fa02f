"""Read a cache, or set it aside if it cannot be used."""

import hashlib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.arrays import map_array, read_array
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.writing import SCHEMA
from evenfuse.damage import DamagedError, ForeignError, reading

ReadArray = Callable[[h5py.File, str], NDArray[Any]]


def read_cache(
    path: str | Path, features: Collection[str] | None = None, in_memory: bool = True
) -> Segments:
    """Read one split, with all features or only the named ones.

    Unless `in_memory`, features stay in the file and are read when they are used.

    Raises:
        EvenfuseError: if the file is missing, cannot be read, is no cache, or is damaged or of
            another schema; in these two cases it is set aside, and the workflow makes a new one.
    """
    with opened(Path(path)) as file:
        return _read_segments(file, features, read_array if in_memory else map_array)


def read_fingerprint(path: Path) -> str:
    """Return a digest of a cache's content, made from its checksums; raise as `read_cache`."""
    with opened(path) as file:
        checksums: list[str] = []

        def note(name: str, item: h5py.Group | h5py.Dataset) -> None:
            if isinstance(item, h5py.Dataset):
                checksums.append(f"{name} {item.dtype} {item.shape} {item.attrs['crc32']}")

        file.visititems(note)
        return hashlib.sha256("\n".join(checksums).encode()).hexdigest()


@contextmanager
def opened(path: Path) -> Iterator[h5py.File]:
    """Open a cache file for reading; raise as `read_cache`."""
    with reading("cache", path), _damage_seen_by_hdf5(path), h5py.File(path) as file:
        schema = file.attrs.get("schema")
        if schema is None:
            raise ForeignError("it is HDF5, but no cache")
        if schema != SCHEMA:
            raise DamagedError(f"its schema is {schema}, this version reads {SCHEMA}")
        yield file


@contextmanager
def _damage_seen_by_hdf5(path: Path) -> Iterator[None]:
    """Tell damage from errors of the operating system, which have a number."""
    try:
        yield
    except (OSError, KeyError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        # a cache that is cut short has lost everything but its name
        kind = DamagedError if path.suffix == ".h5" else ForeignError
        raise kind(" ".join(str(error).split())) from None


def _read_segments(file: h5py.File, chosen: Collection[str] | None, read: ReadArray) -> Segments:
    # not file.get(): it takes a group that is damaged for one that is not there
    named = file["features"] if "features" in list(file) else ()
    features = {
        name: Ragged(
            read(file, f"features/{name}/values"), read_array(file, f"features/{name}/offsets")
        )
        for name in named
        if chosen is None or name in chosen
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
    if content.isascii():  # one byte per letter: decode once instead of once per text
        text = content.decode()
        return np.array([text[a:b] for a, b in bounds], dtype=object)
    return np.array([content[a:b].decode() for a, b in bounds], dtype=object)
