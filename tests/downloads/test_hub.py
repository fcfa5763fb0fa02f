"""Files of the hub, from a server on this machine that speaks its API."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from evenfuse.downloads.specs import LARGEST, FileSpec, check_data
from evenfuse.settings.sources import Source
from tests.downloads.data_hub import REPOSITORY, Hub
from tests.downloads.in_parts import (
    DIGEST,
    IN_PARTS,
    WHOLE,
    ask_at,
    get,
    left,
    sentence,
    want,
)
from tests.downloads.server import Server, running


def test_a_file_has_another_name_on_the_hub(hub: Hub, target: Path, store: Path) -> None:
    address = f"hf://datasets/{REPOSITORY}/other_name.pkl"
    assert get(target, want(target, store, address)) == f"{address}, an unofficial mirror"
    assert target.read_bytes() == WHOLE
    assert hub.downloaded() == ["other_name.pkl"]
    assert left(store) == [target.name]


def test_no_file_of_that_name_is_told(hub: Hub, target: Path, store: Path) -> None:
    address = f"hf://datasets/{REPOSITORY}/BIG/big.pkl.part*"
    told = sentence(target, want(target, store, address))
    assert f"{address} (at the revision main there is no such file)" in told
    other = f"hf://datasets/{REPOSITORY}@v2/other_name.pkl"
    assert f"{other} (HTTP 404)" in sentence(target, want(target, store, other))


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
