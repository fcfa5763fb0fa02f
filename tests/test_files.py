"""Files are whole or not there, whatever happens while they are written."""

import hashlib
import os
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from evenfuse.errors import EvenfuseError
from evenfuse.files import (
    DiskFullError,
    check_readable,
    check_writable,
    read_json,
    sha256,
    write_aside,
    write_json,
)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_takes_its_place_at_the_end_and_not_before(tmp_path: Path) -> None:
    target = tmp_path / "new" / "folder" / "file.txt"
    with write_aside(target) as aside:
        assert aside.parent == target.parent
        aside.write_text("content")
        assert not target.exists()
    with write_aside(target) as aside:
        aside.write_text("new")
        assert target.read_text() == "content"
    assert target.read_text() == "new"
    assert names(target.parent) == ["file.txt"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, PermissionError])
def test_an_exception_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(error), write_aside(target) as aside:
        aside.write_text("half of the n")
        raise error
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_folders_that_were_made_in_vain_go_but_not_what_others_wrote_there(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), write_aside(tmp_path / "new" / "below" / "file.txt"):
        raise RuntimeError
    assert names(tmp_path) == []
    with pytest.raises(RuntimeError), write_aside(tmp_path / "new" / "below" / "file.txt"):
        (tmp_path / "new" / "other.txt").touch()
        raise RuntimeError
    assert names(tmp_path / "new") == ["other.txt"]


def test_a_folder_replaces_a_folder_with_all_that_was_in_it(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    for name in ("old", "new"):
        with write_aside(target) as aside:
            (aside / "below").mkdir(parents=True)
            (aside / "below" / name).write_text(name)
    assert names(target / "below") == ["new"]
    assert names(tmp_path) == ["folder"]


def test_an_exception_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    target.mkdir()
    (target / "old").write_text("old")
    with pytest.raises(RuntimeError), write_aside(target) as aside:
        aside.mkdir()
        (aside / "new").write_text("new")
        raise RuntimeError
    assert names(target) == ["old"]
    assert names(tmp_path) == ["folder"]


def test_what_an_earlier_process_left_half_written_is_not_taken(tmp_path: Path) -> None:
    with write_aside(tmp_path / "folder") as aside:
        place = aside
        aside.mkdir()
    place.mkdir()
    (place / "left over").write_text("")
    with write_aside(tmp_path / "folder") as aside:
        assert not aside.exists()
        aside.mkdir()
    assert names(tmp_path / "folder") == []


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(EvenfuseError) as caught, write_aside(target) as aside:
        aside.symlink_to("/dev/full")  # every write to it fails as on a full disk
        aside.write_text("new")
    expected = f"the disk is full: {target} was not written; free some space and run again"
    assert str(caught.value) == expected
    assert target.read_text() == "old"
    assert names(tmp_path) == ["file.txt"]


def test_a_disk_that_fills_up_keeps_the_old_file_and_is_freed(small_disk: Path) -> None:
    target = small_disk / "numbers.json"
    write_json(target, [1, 2, 3])
    with pytest.raises(EvenfuseError, match=f"the disk is full: {target} was not written"):
        write_json(target, list(range(100_000)))
    assert read_json(target) == [1, 2, 3]
    assert names(small_disk) == ["numbers.json"]
    write_json(target, list(range(1000)))
    assert read_json(target) == list(range(1000))


def test_a_disk_that_fills_up_under_a_library_is_reported_as_well(small_disk: Path) -> None:
    with (
        pytest.raises(DiskFullError, match="the disk is full"),
        write_aside(small_disk / "w.safetensors") as aside,
    ):
        save_file({"w": torch.zeros(100_000)}, aside)
    assert names(small_disk) == []


@pytest.mark.parametrize("below", ["there", "new/folder"])
def test_a_folder_that_cannot_be_written_to_is_told(read_only: Path, below: str) -> None:
    sentence = f"nothing can be written to the folder {read_only / below} (Read-only file system)"
    for write in (
        lambda: check_writable(read_only / below),
        lambda: write_json(read_only / below / "x.json", {}),
    ):
        with pytest.raises(EvenfuseError) as caught:
            write()
        assert str(caught.value).startswith(sentence)


def test_a_file_in_place_of_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EvenfuseError, match="nothing can be written to the folder"):
        write_json(tmp_path / "file/x.json", {})


def test_looking_whether_one_can_write_leaves_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a/b")
    check_writable(tmp_path)
    assert names(tmp_path) == []


def test_json_round_trip_is_readable_and_keeps_letters(tmp_path: Path) -> None:
    content = {"b": [1, 0.1, None, True], "a": {"name": "Zoë"}}
    write_json(tmp_path / "file.json", content)
    text = (tmp_path / "file.json").read_text(encoding="utf-8")
    assert read_json(tmp_path / "file.json") == content
    assert '  "a": {\n    "name": "Zoë"\n' in text
    assert text.endswith("}\n")


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_json_refuses_what_is_no_number_and_leaves_nothing(tmp_path: Path, number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "file.json", {"mae": [number]})
    assert names(tmp_path) == []


def test_json_that_is_not_there_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with pytest.raises(EvenfuseError) as caught:
        read_json(path)
    assert str(caught.value) == f"there is no file {path}"


def test_json_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "file.json").symlink_to("/proc/self/mem")
    with pytest.raises(EvenfuseError, match=r"file\.json cannot be read \(Input/output error\)"):
        read_json(tmp_path / "file.json")


LONG = b"1" * 5000  # Python reads no number of so many digits


@pytest.mark.parametrize("content", [b"", b'{"a": 1', b'{"a": "\xff"}', b"[" * 10**5, LONG])
def test_what_is_not_json_is_reported(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(EvenfuseError) as caught:
        read_json(path)
    assert str(caught.value).startswith(f"{path} is not JSON: ")


def test_sha256_is_that_of_the_content(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "file").write_bytes(content)
    assert sha256(tmp_path / "file") == hashlib.sha256(content).hexdigest()


def test_only_a_file_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    check_readable(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    told = {
        tmp_path: "is not a file but a folder, a pipe or a device",
        tmp_path / "pipe": "is not a file but a folder, a pipe or a device",
        tmp_path / "loop": "cannot be read (Too many levels of symbolic links)",
        tmp_path / "file/below": "cannot be read (Not a directory)",
        tmp_path / ("x" * 300): "cannot be read (File name too long)",
    }
    for path, what in told.items():
        with pytest.raises(EvenfuseError) as caught:
            check_readable(path)
        assert str(caught.value) == f"{path} {what}"
    with pytest.raises(EvenfuseError, match=f"there is no file {tmp_path}/none"):
        check_readable(tmp_path / "none")


def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    path.chmod(0)
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may read everything
    try:
        with pytest.raises(EvenfuseError, match=r"cannot be read .Permission denied."):
            check_readable(path)
    finally:
        os.seteuid(user)


def test_a_device_is_never_replaced() -> None:
    zero = Path("/dev/zero")
    with pytest.raises(EvenfuseError, match="/dev/zero is a device or a pipe"):
        write_json(zero, {})
    assert zero.is_char_device()
