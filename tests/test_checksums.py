"""Seals and sums: a file or a folder that changed is not taken for what was written."""

import shutil
import subprocess
from pathlib import Path

import pytest

from evenfuse.checksums import (
    HALVES,
    SEAL,
    SUMS,
    check_sums,
    read_sealed,
    read_sums,
    seal,
    write_sums,
)
from evenfuse.damage import DamagedError
from tests.damage import damaged


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"\x00\xff content " + SEAL.encode() + b" and more")
    seal(path)
    return path


def test_a_sealed_file_is_read(sealed: Path) -> None:
    content = sealed.read_bytes()
    assert read_sealed(sealed) == content
    assert content.startswith(b"\x00\xff content SHA-256 of this file")
    assert content.endswith(b" and more")


def test_every_bit_and_every_length_counts(sealed: Path) -> None:
    whole = sealed.read_bytes()
    for content in damaged(whole, len(whole)):
        sealed.write_bytes(content)
        if len(content) < len(whole) and not any(half.encode() in content for half in HALVES):
            assert read_sealed(sealed) == content  # cut before the seal: seen by who parses it
            continue
        with pytest.raises(DamagedError, match=r"its checksum is wrong"):
            read_sealed(sealed)


def test_content_that_looks_like_a_seal_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(f"{SEAL} as an id, {SEAL}")
    seal(path)
    assert read_sealed(path).startswith(f"{SEAL} as an id".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "folder"
    (folder / "below").mkdir(parents=True)
    (folder / "a.bin").write_bytes(bytes(range(200)))
    (folder / "below/b b.txt").write_text("text")
    write_sums(folder)
    return folder


def test_sums_are_those_of_the_usual_tool(folder: Path) -> None:
    command = ["sha256sum", "--check", "--strict", SUMS]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert result.stdout == "a.bin: OK\nbelow/b b.txt: OK\n"
    assert set(read_sums(folder)) == {"a.bin", "below/b b.txt"}
    check_sums(folder)


@pytest.mark.parametrize("name", ["a.bin", "below/b b.txt", SUMS])
def test_damage_of_any_file_of_a_folder_is_found_with_its_name(folder: Path, name: str) -> None:
    whole = (folder / name).read_bytes()
    for content in damaged(whole, 50):
        (folder / name).write_bytes(content)
        with pytest.raises(DamagedError, match=name):
            check_sums(folder)
    (folder / name).unlink()
    with pytest.raises(DamagedError, match=f"its {name} is missing"):
        check_sums(folder)


def test_a_file_that_somebody_adds_is_no_damage(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine")
    check_sums(folder)


def test_only_the_files_that_are_asked_for_are_read(folder: Path) -> None:
    (folder / "a.bin").write_bytes(b"")
    check_sums(folder, "below/b b.txt")
    with pytest.raises(DamagedError, match=r"notes\.txt"):
        (folder / "notes.txt").touch()
        check_sums(folder, "notes.txt")


def test_a_digest_that_is_known_is_kept(folder: Path) -> None:
    """A file that is taken over from elsewhere is held to what it was when it was written."""
    known = read_sums(folder)
    (folder / "a.bin").write_bytes(b"changed since")
    write_sums(folder, {"a.bin": known["a.bin"]})
    with pytest.raises(DamagedError, match=r"a\.bin"):
        check_sums(folder)


def test_a_folder_that_is_not_there_is_missing_and_not_damaged(folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(FileNotFoundError):
        check_sums(folder)
