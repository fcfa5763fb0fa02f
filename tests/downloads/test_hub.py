"""Files of the hub, whole and in parts, from a server on this machine that speaks its API."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from huggingface_hub import constants

from evenfuse.downloads.download import Patience
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import LARGEST, FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.files import DiskFullError
from evenfuse.settings.sources import Source
from tests.downloads.data_hub import REPOSITORY, Hub
from tests.downloads.server import Server, running

QUICK = Patience(attempts=2, pause=0.01, longest_pause=0.02, stall=0.3)
WHOLE = np.random.default_rng(1).bytes(48_000)
DIGEST = hashlib.sha256(WHOLE).hexdigest()
SIZE = 4000
PARTS = {f"big/big.pkl.part{i}": WHOLE[i * SIZE : (i + 1) * SIZE] for i in range(12)}
ORDER = [f"big.pkl.part{i}" for i in range(12)]
IN_PARTS = f"hf://datasets/{REPOSITORY}/big/big.pkl.part*"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with a file in parts, listed in another order, and a small one."""
    files = {name: PARTS[name] for name in sorted(PARTS)}
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with running(Hub({**files, "README.md": b"terms", "other_name.pkl": WHOLE})) as hub:
        ask_at(hub.endpoint, monkeypatch)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield hub


def ask_at(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = f"{endpoint}/{{repo_id}}/resolve/{{revision}}/{{filename}}"
    monkeypatch.setattr(constants, "ENDPOINT", endpoint)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template)


def want(target: Path, store: Path, address: str = IN_PARTS, **known: object) -> FileSpec:
    values = {"unofficial": [address], "sha256": DIGEST, **known}
    return FileSpec(target.name, Source.model_validate(values), store, check_data)


def get(target: Path, wanted: FileSpec) -> str:
    return fetch(target, [], wanted, QUICK)


def sentence(target: Path, wanted: FileSpec) -> str:
    with pytest.raises(EvenfuseError) as caught:
        get(target, wanted)
    assert not target.exists()
    return str(caught.value)


def left(store: Path) -> list[str]:
    return sorted(path.name for path in store.iterdir() if not path.name.startswith("."))


def test_a_file_has_another_name_on_the_hub(hub: Hub, target: Path, store: Path) -> None:
    address = f"hf://datasets/{REPOSITORY}/other_name.pkl"
    assert get(target, want(target, store, address)) == f"{address}, an unofficial mirror"
    assert target.read_bytes() == WHOLE
    assert hub.downloaded() == ["other_name.pkl"]
    assert left(store) == [target.name]


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


def test_no_file_of_that_name_is_told(hub: Hub, target: Path, store: Path) -> None:
    address = f"hf://datasets/{REPOSITORY}/BIG/big.pkl.part*"
    told = sentence(target, want(target, store, address))
    assert f"{address} (at the revision main there is no such file)" in told
    other = f"hf://datasets/{REPOSITORY}@v2/other_name.pkl"
    assert f"{other} (HTTP 404)" in sentence(target, want(target, store, other))


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


def test_no_network_is_told(
    hub: Hub, target: Path, store: Path, closed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask_at(closed.removesuffix("/file.bin"), monkeypatch)
    assert f"{IN_PARTS} (no connection)" in sentence(target, want(target, store))


def test_an_offline_hub_is_not_asked(
    hub: Hub, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    told = sentence(target, want(target, store))
    assert "(HF_HUB_OFFLINE is set, so the hub is not asked)" in told
    assert hub.asked == []


def test_without_a_token_the_sentence_says_what_to_do(
    hub: Hub, server: Server, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret"
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    told = sentence(target, want(target, store))
    assert "(HTTP 401: the hub wants a token" in told
    assert "set HF_TOKEN or run `hf auth login`" in told
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    get(target, want(target, store))
    assert target.read_bytes() == WHOLE


def test_only_the_hub_sees_the_token(
    hub: Hub, target: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    with running(Hub({"other_name.pkl": WHOLE})) as another:
        address = another.address(f"datasets/{REPOSITORY}/resolve/{'a' * 40}/other_name.pkl")
        get(target, want(target, store, address))
        hub.moods = [f"to {address}"]
        elsewhere = target.with_name("elsewhere")
        get(elsewhere, want(elsewhere, store, f"hf://datasets/{REPOSITORY}/other_name.pkl"))
    assert another.tokens == [None, None]
    assert set(hub.tokens) == {"Bearer hf_secret"}


@pytest.mark.parametrize(
    "listing", [b"", b"<html>", b"[]", b'{"sha": "../main", "siblings": []}', b'{"sha": 1}']
)
def test_a_list_that_is_none_is_refused(
    hub: Hub, target: Path, store: Path, listing: bytes
) -> None:
    hub.listing = listing
    assert "(the hub's list of files cannot be read)" in sentence(target, want(target, store))
    assert left(store) == []


def test_a_size_is_refused_before_any_download(hub: Hub, target: Path, store: Path) -> None:
    told = sentence(target, want(target, store, size=48_001))
    assert "(the hub has 48000 bytes, not 48001)" in told
    wanted = want(target, store)
    limited = FileSpec(wanted.name, wanted.source, store, check_data, largest=47_999)
    assert "(the hub has 48000 bytes; more than 47999 bytes are not" in sentence(target, limited)
    assert limited.largest < LARGEST and hub.downloaded() == []


def test_without_a_known_hash_an_unofficial_mirror_is_not_asked(
    hub: Hub, target: Path, store: Path
) -> None:
    told = sentence(target, want(target, store, sha256=None))
    assert "No address is known for it" in told
    assert hub.asked == []


def test_the_disk_holds_at_most_one_part_more(hub: Hub, target: Path, small_disk: Path) -> None:
    # 48 kB and 4 kB fit into 64 KiB, twice 48 kB do not
    store = small_disk / "corpus"
    get(target, want(target, store))
    assert target.read_bytes() == WHOLE


def test_a_full_disk_half_way_loses_nothing(hub: Hub, target: Path, small_disk: Path) -> None:
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


def test_the_command_asks_the_endpoint_of_the_environment(
    hub: Hub, target: Path, store: Path
) -> None:
    command = [sys.executable, "-m", "evenfuse", "fetch", str(target), f"--store={store}"]
    given = [f"--unofficial={IN_PARTS}", f"--sha256={DIGEST}"]
    environment = {**os.environ, "HF_ENDPOINT": hub.endpoint}
    result = subprocess.run(
        [*command, *given], env=environment, capture_output=True, text=True, check=True
    )
    assert f"{target} from {IN_PARTS}, an unofficial mirror" in result.stdout
    assert target.read_bytes() == WHOLE


@pytest.mark.parametrize(
    "address", ["hf://models/a/b/c", "hf://datasets/a/b", "hf://datasets/a/b/x*/y*"]
)
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"should have the form hf://datasets/OWNER/NAME"):
        Source(addresses=[address])
