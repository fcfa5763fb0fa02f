"""A disk that fills up while a file is fetched."""

import subprocess
from pathlib import Path

import h5py
import numpy as np
import pytest

from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec
from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError
from evenfuse.settings.sources import Source
from tests.downloads.server import Server


def test_fetching_does_not_try_elsewhere(small_disk: Path, tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        with h5py.File(folder / "f.csd", "w") as file:
            file["data"] = np.zeros(50_000)
    with pytest.raises(DiskFullError, match=r"f\.csd was not written"):
        fetch(small_disk / "f.csd", folders, want(tmp_path / "store"))
    assert list(small_disk.iterdir()) == []


def test_a_download_without_room_is_not_begun(
    small_disk: Path, tmp_path: Path, server: Server
) -> None:
    wanted = want(small_disk / "store", server.address("a"), server.address("b"))
    with pytest.raises(DiskFullError) as caught:
        fetch(tmp_path / "f.csd", [], wanted)
    told = f"the disk of {small_disk}/store has 0.1 MB free, but 0.4 MB are needed; free some"
    assert str(caught.value).startswith(told)
    assert server.asked == ["a"]
    assert (small_disk / "store/f.csd.part").stat().st_size == 0


def test_only_the_missing_rest_needs_room(small_disk: Path, tmp_path: Path, server: Server) -> None:
    server.content = server.content[:50_000]
    server.moods = ["drop 40000", "404"]
    wanted = want(small_disk / "store", server.address("a"))
    with pytest.raises(EvenfuseError, match="HTTP 404"):
        fetch(tmp_path / "f.csd", [], wanted)
    fetch(tmp_path / "f.csd", [], wanted)  # 10 kB are missing, 25 kB are free
    assert (tmp_path / "f.csd").read_bytes() == server.content


def test_a_download_goes_on_when_there_is_space_again(
    small_disk: Path, tmp_path: Path, server: Server, filled_later: None
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
