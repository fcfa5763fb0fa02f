"""Downloads go on after drops and stalls, from a real server on this machine."""

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from evenfuse.downloads.download import Patience
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source
from tests.downloads.server import Server

QUICK = Patience(attempts=3, pause=0.01, longest_pause=0.02, stall=0.3)


def get(target: Path, store: Path, addresses: list[str], **known: object) -> str:
    source = Source.model_validate({"addresses": addresses, **known})
    return fetch(target, [], FileSpec(target.name, source, store, check_data), QUICK)


def sentence(target: Path, store: Path, addresses: list[str], **known: object) -> str:
    with pytest.raises(EvenfuseError) as caught:
        get(target, store, addresses, **known)
    assert not target.exists()
    return str(caught.value)


def left(store: Path) -> list[str]:
    return sorted(path.name for path in store.iterdir() if not path.name.startswith("."))


@pytest.mark.parametrize("mood", ["drop 150000", "stall 150000"])
def test_a_drop_or_a_stall_goes_on_where_it_was(
    server: Server, target: Path, store: Path, mood: str
) -> None:
    server.moods = [mood]
    start = time.monotonic()
    get(target, store, [server.address("a")])
    assert time.monotonic() - start < 10  # the server would stall for 20 seconds
    assert target.read_bytes() == server.content
    assert server.ranges == [None, "bytes=150000-"]
    assert server.served == len(server.content)
    assert left(store) == ["file.bin"]


def test_a_later_run_goes_on_as_well(server: Server, target: Path, store: Path) -> None:
    server.moods = ["drop 100000"] * 3
    told = sentence(target, store, [server.address("a")])
    assert "only 300000 of 400000 bytes arrived" in told
    assert left(store) == ["file.bin.part", "file.bin.part.json"]
    get(target, store, [server.address("a")])
    assert server.ranges[-1] == "bytes=300000-"
    assert server.served == len(server.content)
    assert target.read_bytes() == server.content


def test_another_version_is_not_continued(server: Server, target: Path, store: Path) -> None:
    server.moods = ["drop 100000"] * 3
    sentence(target, store, [server.address("a")])
    server.content, server.tag = server.content[::-1], '"version 2"'
    get(target, store, [server.address("a")])
    assert server.ranges[-1] == "bytes=300000-"
    assert target.read_bytes() == server.content


def test_a_server_that_continues_another_version_is_not_believed(
    server: Server, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.moods = ["drop 100000"] * 3
    sentence(target, store, [server.address("a")])
    server.content, server.tag = server.content[::-1], '"version 2"'
    monkeypatch.setattr("tests.downloads.server.Handler.start", ignore_if_range)
    get(target, store, [server.address("a")])
    assert server.ranges[-2:] == ["bytes=300000-", None]
    assert target.read_bytes() == server.content


def ignore_if_range(handler: object) -> int:
    asked = handler.headers["Range"]  # type: ignore[attr-defined]
    return int(asked[6:-1]) if asked else 0


def test_the_sentence_says_what_went_wrong_where(
    server: Server, target: Path, store: Path, closed: str
) -> None:
    server.moods = ["drop 100000"] * 2 + ["stall 100000"]
    told = sentence(target, store, [server.address("a"), closed])
    assert f"{server.address('a')} (no answer for too long, only 300000 of 400000" in told
    assert f"{closed} (no connection)" in told
    server.usual = "stall 0"
    assert f"{server.address('b')} (no answer" in sentence(target, store, [server.address("b")])


def test_another_address_does_not_continue_it(server: Server, target: Path, store: Path) -> None:
    server.moods = ["drop 100000"] * 3
    get(target, store, [server.address("a"), server.address("b")])
    assert server.asked == ["a", "a", "a", "b"]
    assert server.ranges[-1] is None
    assert target.read_bytes() == server.content


def test_a_failing_address_leaves_the_partial_of_another(
    server: Server, target: Path, store: Path
) -> None:
    server.moods = ["drop 100000"] * 3 + ["404"]
    sentence(target, store, [server.address("a"), server.address("b")])
    get(target, store, [server.address("a")])
    assert server.ranges[-1] == "bytes=300000-"


def test_without_a_version_nothing_is_continued(server: Server, target: Path, store: Path) -> None:
    server.moods = ["tag-less 100000", "tag-less"]
    get(target, store, [server.address("a")])
    assert server.ranges == [None, None]
    assert target.read_bytes() == server.content


@pytest.mark.parametrize("mood", ["no-range", "shifted", "416", "503"])
def test_an_odd_answer_to_a_range_starts_again_or_goes_on(
    server: Server, target: Path, store: Path, mood: str
) -> None:
    server.moods = ["drop 150000", mood]
    get(target, store, [server.address("a")])
    assert target.read_bytes() == server.content
    rest = {"no-range": [], "503": ["bytes=150000-"]}.get(mood, [None])
    assert server.ranges == [None, "bytes=150000-", *rest]


@pytest.mark.parametrize(("status", "times"), [("500", 3), ("429", 3), ("404", 1), ("403", 1)])
def test_only_a_passing_fault_is_tried_again(
    server: Server, target: Path, store: Path, status: str, times: int
) -> None:
    server.usual = status
    assert f"(HTTP {status})" in sentence(target, store, [server.address("a")])
    assert len(server.asked) == times
    server.usual = "whole"
    get(target, store, [server.address("a")])


def test_a_server_that_never_answers_is_tried_twice(
    closed: str, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    really_get = requests.get

    def get_and_count(address: str, **options: Any) -> requests.Response:
        asked.append(address)
        return really_get(address, **options)

    monkeypatch.setattr("requests.get", get_and_count)
    assert "(no connection)" in sentence(target, store, [closed])
    assert asked == [closed, closed]


def test_always_too_few_bytes_are_refused(server: Server, target: Path, store: Path) -> None:
    server.usual = "drop 0"
    server.moods = ["drop 399999"]
    told = sentence(target, store, [server.address("a")])
    assert "(only 399999 of 400000 bytes arrived)" in told


def test_wrong_bytes_are_deleted_and_the_next_address_is_asked(
    server: Server, target: Path, store: Path
) -> None:
    digest, wrong = (hashlib.sha256(b).hexdigest() for b in (server.content, bytes(400_000)))
    server.moods = ["wrong", "wrong"]
    told = sentence(target, store, [server.address("a")], sha256=digest)
    assert f"its SHA-256 is {wrong}, but the config has {digest}" in told
    assert left(store) == []
    get(target, store, [server.address("a"), server.address("b")], sha256=digest)
    assert server.asked == ["a", "a", "b"]
    assert target.read_bytes() == server.content
    assert list(store.parent.glob("hashes.json")) == []


def test_another_size_is_refused_before_it_is_downloaded(
    server: Server, target: Path, store: Path
) -> None:
    server.usual = "drop 0"
    told = sentence(target, store, [server.address("a")], size=400_001)
    assert "(the server has 400000 bytes, not 400001)" in told
    assert server.asked == ["a"]


def test_a_finished_partial_is_not_asked_for(server: Server, target: Path, store: Path) -> None:
    server.moods = ["drop 399999"] * 1 + ["404"]
    sentence(target, store, [server.address("a")])
    with (store / "file.bin.part").open("ab") as file:
        file.write(server.content[-1:])
    get(target, store, [server.address("a")])
    assert server.asked == ["a", "a"]
    assert target.read_bytes() == server.content


def test_an_unreadable_note_starts_again(server: Server, target: Path, store: Path) -> None:
    store.mkdir(parents=True)
    (store / "file.bin.part").write_bytes(b"of what?")
    (store / "file.bin.part.json").write_text('{"adress": 1')
    get(target, store, [server.address("a")])
    assert server.ranges == [None]
    assert target.read_bytes() == server.content
