"""Files in parts, after drops, kills, damage, other revisions and a full disk."""

import os
from pathlib import Path

import pytest

from evenfuse.files import DiskFullError
from tests.downloads.data_hub import Hub
from tests.downloads.in_parts import (
    IN_PARTS,
    ORDER,
    SIZE,
    WHOLE,
    get,
    left,
    sentence,
    want,
)
from tests.downloads.server import Server


def test_a_drop_within_a_part_goes_on_where_it_was(hub: Hub, target: Path, store: Path) -> None:
    hub.moods = ["whole", "whole", "drop 1000", "whole"]
    get(target, want(target, store))
    assert hub.downloaded() == [*ORDER[:3], *ORDER[2:]]
    assert "bytes=1000-" in hub.ranges
    assert target.read_bytes() == WHOLE


def test_a_later_run_goes_on_with_the_parts_that_are_there(
    hub: Hub, target: Path, store: Path
) -> None:
    hub.moods = ["whole", "whole", "drop 1000", "drop 500"]
    assert "only 1500 of 4000 bytes arrived" in sentence(target, want(target, store))
    assert (store / "file.bin.joined").read_bytes() == WHOLE[: 2 * SIZE]
    with (store / "file.bin.joined").open("ab") as file:
        file.write(b"what a killed process left")
    hub.asked.clear()
    get(target, want(target, store))
    assert hub.downloaded() == ORDER[2:]
    assert "bytes=1500-" in hub.ranges
    assert target.read_bytes() == WHOLE
    assert left(store) == [target.name]


@pytest.mark.parametrize("left_of_it", [None, SIZE])
def test_a_damaged_whole_starts_again(
    hub: Hub, target: Path, store: Path, left_of_it: int | None
) -> None:
    hub.moods = ["whole", "whole", "404"]
    sentence(target, want(target, store))
    joined = store / "file.bin.joined"
    joined.unlink() if left_of_it is None else os.truncate(joined, left_of_it)
    get(target, want(target, store))
    assert hub.downloaded()[3:] == ORDER
    assert target.read_bytes() == WHOLE


def test_a_changed_revision_goes_on_if_the_parts_are_the_same(
    hub: Hub, target: Path, store: Path
) -> None:
    hub.moods = ["whole", "whole", "404"]
    sentence(target, want(target, store))
    hub.commit = "b" * 40
    hub.asked.clear()
    get(target, want(target, store))
    assert hub.downloaded() == ORDER[2:]
    assert target.read_bytes() == WHOLE


def test_a_changed_revision_of_other_parts_starts_again(
    hub: Hub, target: Path, store: Path
) -> None:
    good = dict(hub.files)
    hub.files["big/big.pkl.part0"] = bytes(SIZE)
    hub.moods = ["whole", "whole", "404"]
    sentence(target, want(target, store))
    hub.commit, hub.files = "b" * 40, good
    hub.asked.clear()
    get(target, want(target, store))
    assert hub.downloaded() == ORDER
    assert target.read_bytes() == WHOLE


def test_what_another_address_left_is_tidied(
    hub: Hub, server: Server, target: Path, store: Path
) -> None:
    server.content = WHOLE
    hub.moods = ["whole", "404"]
    values = {"unofficial": [IN_PARTS, server.address("a")]}
    assert (
        get(target, want(target, store, **values)) == f"{server.address('a')}, an unofficial mirror"
    )
    assert left(store) == [target.name]


def test_a_full_disk_half_way_loses_nothing(
    hub: Hub, target: Path, small_disk: Path, filled_later: None
) -> None:
    store = small_disk / "corpus"
    filler = small_disk / "filler"
    filler.write_bytes(bytes(32_000))
    with pytest.raises(DiskFullError, match="the disk is full"):
        get(target, want(target, store))
    begun = hub.downloaded()
    assert 1 < len(begun) < len(ORDER)
    filler.unlink()
    hub.asked.clear()
    get(target, want(target, store))
    assert hub.downloaded()[0] in begun[-1:] + ORDER[len(begun) : len(begun) + 1]
    assert target.read_bytes() == WHOLE
