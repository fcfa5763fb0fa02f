"""Caches on the node's own disk are the ones that were asked for."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from evenfuse.cache.reading import read_cache
from evenfuse.cache.staging import staged
from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError


def test_without_a_folder_nothing_is_copied(cache: Path) -> None:
    assert staged(cache / "train.h5", None) == cache / "train.h5"


def test_the_copy_is_made_once_and_is_the_same(cache: Path, tmp_path: Path) -> None:
    copy = staged(cache / "train.h5", tmp_path / "node")
    first = copy.stat().st_mtime_ns
    assert staged(cache / "train.h5", tmp_path / "node") == copy
    assert copy.stat().st_mtime_ns == first
    assert copy.read_bytes() == (cache / "train.h5").read_bytes()
    assert staged(cache / "valid.h5", tmp_path / "node") != copy


def test_processes_that_ask_at_once_share_one_copy(cache: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from evenfuse.cache.staging import staged; "
        "print(staged(Path(sys.argv[1]), Path(sys.argv[2])))"
    )
    command = [sys.executable, "-c", code, str(cache / "train.h5"), str(tmp_path / "node")]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {process.communicate()[0].strip() for process in processes}
    assert len(said) == 1
    assert Path(said.pop()).read_bytes() == (cache / "train.h5").read_bytes()
    assert len(list((tmp_path / "node").glob("*.h5"))) == 1


def test_a_cache_that_was_made_again_is_copied_again(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "train.h5"
    shutil.copy(cache / "valid.h5", own)
    before = staged(own, tmp_path / "node")
    shutil.copy(cache / "train.h5", own)
    after = staged(own, tmp_path / "node")
    assert after != before
    np.testing.assert_array_equal(read_cache(after).labels, read_cache(cache / "train.h5").labels)


def test_a_damaged_copy_is_noticed_and_copied_again(cache: Path, tmp_path: Path) -> None:
    copy = staged(cache / "train.h5", tmp_path / "node")
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(EvenfuseError, match="was set aside"):
        read_cache(copy)
    again = staged(cache / "train.h5", tmp_path / "node")
    assert again.read_bytes() == (cache / "train.h5").read_bytes()


def test_a_damaged_cache_is_set_aside_and_not_copied(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "train.h5"
    content = bytearray((cache / "train.h5").read_bytes())
    content[len(content) // 2] ^= 1
    own.write_bytes(content)
    with pytest.raises(EvenfuseError, match=f"{own} .* set aside as train.h5.damaged"):
        staged(own, tmp_path / "node")
    assert not list((tmp_path / "node").glob("*.h5*"))


def test_a_full_disk_of_the_node_is_reported(cache: Path, small_disk: Path) -> None:
    with pytest.raises(DiskFullError, match="the disk is full"):
        staged(cache / "train.h5", small_disk / "node")
    assert not list((small_disk / "node").glob("*.h5*"))
