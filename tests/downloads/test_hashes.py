"""The hash seen at the first download is the hash for good."""

import hashlib
from multiprocessing import get_context
from pathlib import Path

import pytest

from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.hashes import Pins
from evenfuse.downloads.specs import FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json
from evenfuse.settings.sources import Source
from tests.downloads.server import Server


def want(store: Path, *addresses: str) -> FileSpec:
    return FileSpec("file.bin", Source(addresses=list(addresses)), store, check_data)


def test_first_download_pins_and_later_ones_are_held_to_it(
    server: Server, target: Path, store: Path
) -> None:
    wanted = want(store, server.address("a"))
    fetch(target, [], wanted)
    first = hashlib.sha256(server.content).hexdigest()
    pins = store.parent / "hashes.json"
    assert read_json(pins) == {"corpus/file.bin": first}
    wanted.kept.unlink()
    server.usual = "wrong"
    with pytest.raises(EvenfuseError) as caught:
        fetch(target, [], wanted)
    second = hashlib.sha256(bytes(400_000)).hexdigest()
    assert (
        f"(its SHA-256 is {second}, but that of the first download was {first}; "
        f"if the new file is right, delete 'corpus/file.bin' from {pins})"
    ) in str(caught.value)
    pins.unlink()
    fetch(target, [], wanted)
    assert read_json(pins) == {"corpus/file.bin": second}


def test_a_damaged_file_in_the_store_is_downloaded_again(
    server: Server, target: Path, store: Path
) -> None:
    wanted = want(store, server.address("a"))
    fetch(target, [], wanted)
    wanted.kept.unlink()
    wanted.kept.write_bytes(b"damaged")
    assert fetch(target, [], wanted) == server.address("a")
    assert target.read_bytes() == wanted.kept.read_bytes() == server.content


def test_a_folder_is_held_to_the_pin_and_pins_nothing(
    tmp_path: Path, target: Path, store: Path
) -> None:
    (tmp_path / "file.bin").write_text("mine")
    fetch(target, [tmp_path], want(store))
    assert Pins(store.parent).get("corpus/file.bin") is None
    Pins(store.parent).pin("corpus/file.bin", "0" * 64)
    with pytest.raises(EvenfuseError, match=f"but that of the first download was {'0' * 64}"):
        fetch(target, [tmp_path], want(store))


def test_a_pin_stays(tmp_path: Path) -> None:
    Pins(tmp_path).pin("a", "1")
    Pins(tmp_path).pin("a", "2")
    assert Pins(tmp_path).get("a") == "1"


def pin_many(folder: Path, name: str) -> None:
    for number in range(40):
        Pins(folder).pin(f"{name}/{number}", "0" * 64)


def test_no_pin_of_two_processes_is_lost(tmp_path: Path) -> None:
    processes = [get_context("fork").Process(target=pin_many, args=(tmp_path, n)) for n in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
        assert process.exitcode == 0
    assert len(read_json(tmp_path / "hashes.json")) == 80


def test_a_file_of_hashes_that_is_none_is_reported(tmp_path: Path) -> None:
    (tmp_path / "hashes.json").write_text("[]")
    with pytest.raises(EvenfuseError, match=r"hashes\.json should hold .*; delete it"):
        Pins(tmp_path).get("a")
