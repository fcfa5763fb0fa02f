"""Files that lie in parts on the hub: their order, and parts that are wrong or missing."""

import hashlib
from pathlib import Path

import pytest

from evenfuse.files import DiskFullError
from tests.downloads.data_hub import REPOSITORY, Hub
from tests.downloads.in_parts import (
    DIGEST,
    IN_PARTS,
    ORDER,
    PARTS,
    SIZE,
    WHOLE,
    get,
    left,
    sentence,
    want,
)


def test_parts_are_joined_in_the_order_of_their_numbers(
    hub: Hub, target: Path, store: Path
) -> None:
    assert get(target, want(target, store)) == f"{IN_PARTS}, an unofficial mirror"
    assert target.read_bytes() == WHOLE
    assert hub.downloaded() == ORDER
    assert left(store) == [target.name]


@pytest.mark.parametrize("names", ["part{:02}", "part{:02}.bin"])
def test_parts_may_be_called_otherwise(hub: Hub, target: Path, store: Path, names: str) -> None:
    hub.files = {names.format(i + 1): part for i, part in enumerate(PARTS.values())}
    pattern = f"hf://datasets/{REPOSITORY}/{names.replace('{:02}', '*')}"
    get(target, want(target, store, pattern))
    assert target.read_bytes() == WHOLE


def test_parts_as_split_calls_them(hub: Hub, target: Path, store: Path) -> None:
    letters = [f"x{first}{second}" for first in "ab" for second in "abcdefghijklmnopqrstuvwxyz"]
    size = 1000
    hub.files = {name: WHOLE[i * size : (i + 1) * size] for i, name in enumerate(letters[:48])}
    get(target, want(target, store, f"hf://datasets/{REPOSITORY}/x*"))
    assert target.read_bytes() == WHOLE
    del hub.files["xba"]
    told = sentence(
        target.with_name("b"), want(target.with_name("b"), store, f"hf://datasets/{REPOSITORY}/x*")
    )
    assert "of its parts, the one before 'bb' is missing" in told


def test_a_wrong_part_is_named_and_the_others_stay(hub: Hub, target: Path, store: Path) -> None:
    hub.moods = ["whole", "wrong"]
    hub.content = bytes(SIZE)
    told = sentence(target, want(target, store))
    digest = hashlib.sha256(bytes(SIZE)).hexdigest()
    assert f"{IN_PARTS} (the SHA-256 of the part big/big.pkl.part1 is {digest}" in told
    assert (store / "file.bin.joined").read_bytes() == WHOLE[:SIZE]
    hub.asked.clear()
    get(target, want(target, store))
    assert hub.downloaded() == ORDER[1:]
    assert target.read_bytes() == WHOLE


def test_a_hub_of_other_bytes_is_not_believed(hub: Hub, target: Path, store: Path) -> None:
    hub.files["big/big.pkl.part3"] = bytes(SIZE)
    told = sentence(target, want(target, store))
    assert f"but the config has {DIGEST}" in told
    assert left(store) == []


@pytest.mark.parametrize(("lost", "before"), [(0, 1), (5, 6)])
def test_a_missing_part_is_told_before_any_download(
    hub: Hub, target: Path, store: Path, lost: int, before: int
) -> None:
    if lost == 0:
        del hub.files["big/big.pkl.part1"]  # counting may begin at 1
        before = 2
    del hub.files[f"big/big.pkl.part{lost}"]
    told = sentence(target, want(target, store))
    assert f"of its parts, the one before '{before}' is missing" in told
    assert hub.downloaded() == []


def test_a_listed_part_that_is_not_there_is_told(hub: Hub, target: Path, store: Path) -> None:
    hub.moods = ["whole", "404"]
    assert f"{IN_PARTS} (HTTP 404)" in sentence(target, want(target, store))
    assert (store / "file.bin.joined").exists()


def test_the_disk_holds_at_most_one_part_more(hub: Hub, target: Path, small_disk: Path) -> None:
    # 48 kB and 4 kB fit into 64 KiB, twice 48 kB do not
    store = small_disk / "corpus"
    get(target, want(target, store))
    assert target.read_bytes() == WHOLE


def test_a_disk_without_room_for_the_whole_takes_no_part(
    hub: Hub, target: Path, small_disk: Path
) -> None:
    (small_disk / "filler").write_bytes(bytes(14_000))  # 48 kB would fit, a part beside them not
    with pytest.raises(DiskFullError, match=r"has 0\.0 MB free, but 0\.1 MB are needed"):
        get(target, want(target, small_disk / "corpus"))
    assert hub.downloaded() == []
