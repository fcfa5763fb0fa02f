"""Servers that lie, never end or send something else: each ends in one sentence, and soon."""

import pickle
import time
from pathlib import Path

import pytest

from evenfuse.commands.fetch import check_pickle
from evenfuse.downloads.download import Patience
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source
from tests.conftest import run_command
from tests.downloads.server import Server

QUICK = Patience(
    attempts=2, attempts_to_reach=1, pause=0.01, longest_pause=0.02, stall=0.3, headers=1.0
)
LARGEST = 1_000_000
NO_ADDRESS = "it is, or redirects to, an address that cannot be asked"


def sentence(
    server: Server, target: Path, store: Path, size: int | None = None, largest: int = LARGEST
) -> str:
    """Return what is told of the server's address, once nothing is left of the download."""
    source = Source(addresses=[server.address("a")], size=size)
    start = time.monotonic()
    with pytest.raises(EvenfuseError) as caught:
        fetch(target, [], FileSpec(target.name, source, store, check_data, largest), QUICK)
    assert time.monotonic() - start < 10
    assert not target.exists() and not list(store.parent.glob("hashes.json"))
    told = str(caught.value).removeprefix(f"{target.name} could not be fetched. Tried: ")
    return told.removeprefix(f"{server.address('a')} ").partition("). Give")[0][1:]


def size_left(store: Path) -> int:
    return sum(path.stat().st_size for path in store.glob("*.part"))


def test_a_body_longer_than_the_known_size_is_stopped(
    server: Server, target: Path, store: Path
) -> None:
    server.usual = "endless"
    told = sentence(server, target, store, size=500_000)
    assert told == "the server sends more than the 500000 bytes that the file has"
    assert size_left(store) == 0


@pytest.mark.parametrize("mood", ["endless", "twice"])
def test_a_body_of_unknown_size_is_stopped_at_the_limit(
    server: Server, target: Path, store: Path, mood: str
) -> None:
    server.usual = mood
    told = sentence(server, target, store, largest=600_000)
    assert told == (
        "more than 600000 bytes are not downloaded; raise largest_download_gb in the config"
    )
    assert size_left(store) == 0


def test_a_size_that_the_server_names_is_held_to_the_limit_before_a_byte_is_read(
    server: Server, target: Path, store: Path
) -> None:
    server.usual = "drop 0"
    told = sentence(server, target, store, largest=399_999)
    assert told.startswith("the server has 400000 bytes; more than 399999 bytes are not downloaded")
    assert server.asked == ["a"]


def test_a_known_size_may_be_larger_than_the_limit(
    server: Server, target: Path, store: Path
) -> None:
    source = Source(addresses=[server.address("a")], size=400_000)
    fetch(target, [], FileSpec(target.name, source, store, check_data, 1000), QUICK)
    assert target.read_bytes() == server.content


def test_chunks_without_an_end_are_not_the_file(server: Server, target: Path, store: Path) -> None:
    server.usual = "cut"
    assert sentence(server, target, store) == "the connection was lost"


@pytest.mark.parametrize("length", ["abc", "-5", "\u00b2".encode().decode("latin1"), "9" * 5000])
def test_a_length_that_is_none_is_not_believed(
    server: Server, target: Path, store: Path, length: str
) -> None:
    server.usual = f"length {length}"
    source = Source(addresses=[server.address("a")])
    fetch(target, [], FileSpec(target.name, source, store, check_data, LARGEST), QUICK)
    assert target.read_bytes() == server.content


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("length 10", "its SHA-256"),
        ("length 500000", "which is not the rest of the same file"),
    ],
)
def test_a_length_that_lies_is_noticed(
    server: Server, target: Path, store: Path, mood: str, told: str
) -> None:
    server.usual = mood
    source = Source(addresses=[server.address("a")], sha256="0" * 64)
    with pytest.raises(EvenfuseError, match=told):
        fetch(target, [], FileSpec(target.name, source, store, check_data, LARGEST), QUICK)


@pytest.mark.parametrize(
    ("mood", "told"),
    [
        ("gzip", "the server sends the file as 'gzip', not as it is stored"),
        ("page", "it is a web page"),
        ("204", "HTTP 204, which is no file"),
        ("300", "HTTP 300, which is no file"),
        ("to file:///etc/passwd", NO_ADDRESS),
        ("to http://[x/", NO_ADDRESS),
        ("to \xff\xfe", NO_ADDRESS),
        ("drip", "10 bytes in 0.3 s are too few"),
        ("silent", "no answer for too long"),
    ],
)
def test_what_is_not_the_file_is_told(
    server: Server, target: Path, store: Path, mood: str, told: str
) -> None:
    server.usual = mood
    found = sentence(server, target, store)
    assert found.lstrip("0123456789") == told.lstrip("0123456789")


def test_a_redirect_is_followed_without_its_body(server: Server, target: Path, store: Path) -> None:
    server.moods = [f"to {server.address('b')}"]
    source = Source(addresses=[server.address("a")])
    fetch(target, [], FileSpec(target.name, source, store, check_data, LARGEST), QUICK)
    assert server.asked == ["a", "b"]
    assert target.read_bytes() == server.content


def test_redirects_in_a_circle_end(server: Server, target: Path, store: Path) -> None:
    server.usual = f"to {server.address('a')}"
    assert sentence(server, target, store) == "it redirects without end"


def test_a_device_is_not_copied(target: Path, store: Path, tmp_path: Path) -> None:
    source = Source(addresses=["file:///dev/zero"])
    with pytest.raises(EvenfuseError, match="it is no file but a pipe or a device"):
        fetch(target, [], FileSpec(target.name, source, store, check_data), QUICK)


def test_a_pickle_is_opened_before_its_hash_is_kept(
    server: Server, tmp_path: Path, store: Path
) -> None:
    target, options = tmp_path / "raw" / "data.pkl", ["--store", store]
    for content, told in (
        (b"<!doctype html><p>Sign in", "it is a web page"),
        (pickle.dumps([1])[:-1], r"it is not a whole pickle \(EOFError"),
        (b"cos\nsystem\n(S'true'\ntR.", "it tries to run os.system"),
    ):
        server.content = content
        with pytest.raises(EvenfuseError, match=told):
            run_command("fetch", target, *options, "--address", server.address("data.pkl"))
        assert not list(store.parent.glob("hashes.json"))
    server.content = pickle.dumps([1])
    run_command("fetch", target, *options, "--address", server.address("data.pkl"))
    assert (store.parent / "hashes.json").exists()


def test_after_a_bad_pin_the_sentence_names_what_to_delete(
    server: Server, tmp_path: Path, store: Path
) -> None:
    target, pins = tmp_path / "raw" / "data.pkl", store.parent / "hashes.json"
    options = ["--store", store, "--address", server.address("data.pkl")]
    store.mkdir(parents=True)
    (store / "data.pkl").write_bytes(b"<html>as an earlier version kept it")
    pins.write_text('{"corpus/data.pkl": "%s"}' % ("0" * 64))
    server.content = pickle.dumps([1])
    with pytest.raises(EvenfuseError) as caught:
        run_command("fetch", target, *options)
    delete = f"delete 'corpus/data.pkl' from {pins}, and delete {store / 'data.pkl'}"
    assert f"{store / 'data.pkl'} (it is a web page); " in str(caught.value)
    assert delete in str(caught.value)
    pins.write_text("{}")
    (store / "data.pkl").unlink()
    run_command("fetch", target, *options)
    assert target.read_bytes() == server.content


def test_the_command_takes_the_limit(server: Server, target: Path, store: Path) -> None:
    options = ["--store", store, "--address", server.address("a"), "--largest-gb", 0.0003]
    with pytest.raises(EvenfuseError, match="more than 300000 bytes are not downloaded; raise"):
        run_command("fetch", target, *options)


def test_a_pickle_that_is_data_passes(tmp_path: Path) -> None:
    (tmp_path / "a.pkl").write_bytes(pickle.dumps({"a": 1}))
    check_pickle(tmp_path / "a.pkl")
