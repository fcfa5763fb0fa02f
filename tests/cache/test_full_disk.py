"""A disk that fills up while a cache is written."""

from pathlib import Path

import numpy as np
import pytest

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.writing import CacheWriter
from evenfuse.files import DiskFullError, write_aside


def large(rows: int) -> Segments:
    offsets = np.array([0, rows])
    words = Ragged(np.full(rows, "word", dtype=object), offsets)
    audio = Ragged(np.random.default_rng(0).random((rows, 50), np.float32), offsets)
    return Segments(["v[0]"], np.zeros((1, 2)), np.zeros((1, 1), np.float32), words, {"a": audio})


@pytest.mark.parametrize("rows", [1, 50, 100, 200, 5000])
def test_cache(small_disk: Path, rows: int) -> None:
    """The disk is full for the rows, for the skeleton of the file, or for the copy of the rows."""
    (small_disk / "other").write_bytes(bytes(14 << 12))
    with (
        pytest.raises(DiskFullError, match="the disk is full"),
        write_aside(small_disk / "c.h5") as aside,
    ):
        writer = CacheWriter(aside)
        writer.append(large(rows))
        writer.close({})
    assert [path.name for path in small_disk.iterdir()] == ["other"]
