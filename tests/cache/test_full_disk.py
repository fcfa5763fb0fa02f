"""A disk that fills up under the libraries that write for us."""

import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from evenfuse.cache.segments import CacheWriter, Ragged, Segments
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec
from evenfuse.files import DiskFullError, write_aside
from evenfuse.settings.sources import Source
from tests.downloads.server import Server


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
        fetch(small_disk / "f.csd", folders, want(tmp_path / "store"))
    assert left(small_disk) == []


def test_a_download_goes_on_when_there_is_space_again(
    small_disk: Path, tmp_path: Path, server: Server
) -> None:
    wanted = want(small_disk / "store", server.address("a"), server.address("b"))
    with pytest.raises(DiskFullError, match=r"the disk is full: .*f\.csd was not written"):
        fetch(tmp_path / "f.csd", [], wanted)
    assert server.asked == ["a"]
    arrived = (small_disk / "store/f.csd.part").stat().st_size
    assert 0 < arrived < len(server.content)
    subprocess.run(["mount", "-o", "remount,size=1m", str(small_disk)], check=True)
    fetch(tmp_path / "f.csd", [], wanted)
    assert server.ranges[-1] == f"bytes={arrived}-"
    assert (tmp_path / "f.csd").read_bytes() == server.content


def want(store: Path, *addresses: str) -> FileSpec:
    return FileSpec("f.csd", Source(addresses=list(addresses)), store, lambda path: None)
