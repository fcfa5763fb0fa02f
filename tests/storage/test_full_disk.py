"""A disk that fills up under the libraries that write for us."""

from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from evenfuse.storage.cache import CacheWriter, Ragged, Segments
from evenfuse.storage.fetch import fetch
from evenfuse.storage.files import DiskFullError, write_aside


def large(rows: int) -> Segments:
    offsets = np.array([0, rows])
    words = Ragged(np.full(rows, "word", dtype=object), offsets)
    audio = Ragged(np.random.default_rng(0).random((rows, 50), np.float32), offsets)
    return Segments(["v[0]"], np.zeros((1, 2)), np.zeros((1, 1), np.float32), words, {"a": audio})


def left(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.mark.parametrize("rows", [1, 50, 100, 200, 5000])
def test_cache(small_disk: Path, rows: int) -> None:
    """The disk is full for the rows, for the skeleton of the file, or for the copy of the rows."""
    (small_disk / "other").write_bytes(bytes(13 << 12))
    with (
        pytest.raises(DiskFullError, match="the disk is full"),
        write_aside(small_disk / "c.h5") as aside,
    ):
        writer = CacheWriter(aside)
        writer.append(large(rows))
        writer.close({})
    assert left(small_disk) == ["other"]


def test_weights(small_disk: Path) -> None:
    with (
        pytest.raises(DiskFullError, match="the disk is full"),
        write_aside(small_disk / "w.safetensors") as aside,
    ):
        save_file({"w": torch.zeros(100_000)}, aside)
    assert left(small_disk) == []


def test_fetching_does_not_try_elsewhere(small_disk: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        with h5py.File(folder / "f.csd", "w") as file:
            file["data"] = np.zeros(50_000)
    with pytest.raises(DiskFullError, match=r"f\.csd was not written"):
        fetch(small_disk / "f.csd", folders, [], lambda path: None)
    assert left(small_disk) == []
