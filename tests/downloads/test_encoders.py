"""A BERT from the hub: whole, pinned, and each thing that goes wrong in one sentence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evenfuse.bert_files import bert_digest, needed_files
from evenfuse.checksums import check_sums
from evenfuse.errors import EvenfuseError
from tests.downloads.hub import HubServer, Repository, hub_of

FIRST, SECOND = "1" * 40, "2" * 40
NAME = "some/bert"
CHUNK = 10 << 20  # what huggingface_hub writes at once
Fetch = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def files(tiny_bert: Path) -> dict[str, bytes]:
    """What the hub holds: a BERT, and more that nobody needs here."""
    own = {path.name: path.read_bytes() for path in tiny_bert.iterdir()}
    more = ("README.md", "pytorch_model.bin", "tf_model.h5", "onnx/model.onnx", "coreml/model.bin")
    return {**own, **dict.fromkeys(more, b"not needed")}


@pytest.fixture
def hub(files: dict[str, bytes]) -> Iterator[HubServer]:
    with hub_of({NAME: Repository({FIRST: files})}) as server:
        yield server


@pytest.fixture
def fetch(hub: HubServer, tmp_path: Path) -> Fetch:
    """Return a function that runs the command, with more environment, for a name."""

    def run(name: str = NAME, **more: str) -> subprocess.CompletedProcess[str]:
        own = {"HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "home"), "NO_PROXY": "*"}
        paths = ["--pins", str(tmp_path / "pins.json"), "--output", str(tmp_path / "bert")]
        return subprocess.run(
            [sys.executable, "-m", "evenfuse", "fetch-encoder", name, *paths],
            env={**os.environ, **own, **more},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def told(result: subprocess.CompletedProcess[str], tmp_path: Path) -> str:
    """The sentence of a fetch that failed and left nothing."""
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert [path.name for path in tmp_path.glob("*bert*")] == []
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("evenfuse: ")]
    return line


def test_only_what_is_needed_arrives(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    result = fetch()
    assert result.returncode == 0, result.stderr
    needed = {"config.json", "tokenizer.json", "model.safetensors"}
    folder = tmp_path / "bert"
    assert {path.name for path in folder.iterdir()} == {*needed, "source.json", "SHA256SUMS"}
    check_sums(folder)
    assert not any("not-needed" in asked or ".bin" in asked for asked in hub.state.asked)
    # once, with a limit in time
    about = [asked for asked in hub.state.asked if f"/api/models/{NAME}" in asked]
    assert about == [f"GET /api/models/{NAME}"]
    pin = {"commit": FIRST, "digest": bert_digest(folder)}
    assert json.loads((folder / "source.json").read_text()) == {"repository": NAME, **pin}
    assert json.loads((tmp_path / "pins.json").read_text()) == {NAME: pin}


def test_weights_in_one_form_and_no_other() -> None:
    about = ["config.json", "vocab.txt"]
    both = [
        *about,
        "model.safetensors",
        "pytorch_model.bin",
        "training_args.bin",
        "model/b.safetensors",
    ]
    assert needed_files(both) == [*about, "model.safetensors"]
    shards = ["pytorch_model-1-of-2.bin", "pytorch_model-2-of-2.bin"]
    index = "pytorch_model.bin.index.json"
    assert needed_files([*about, *shards, index, "optimizer.bin"]) == [*about, *shards, index]
    for lacking in ("config.json", "vocab.txt", "model.safetensors"):
        with pytest.raises(EvenfuseError, match="it has no"):
            needed_files({*about, "model.safetensors"} - {lacking})


def test_a_name_stands_for_its_first_commit(
    fetch: Fetch, hub: HubServer, files: dict[str, bytes], tmp_path: Path
) -> None:
    assert fetch().returncode == 0
    newer = {**files, "config.json": files["config.json"] + b"\n"}
    hub.state.repositories[NAME].commits[SECOND] = newer
    for name, commit in ((NAME, FIRST), (f"{NAME}@main", SECOND), (f"{NAME}@{SECOND}", SECOND)):
        result = fetch(name)
        assert f"commit {commit}" in result.stdout, result.stderr


def test_other_files_under_the_same_commit_are_refused(
    fetch: Fetch, hub: HubServer, tmp_path: Path
) -> None:
    assert fetch().returncode == 0
    before = bert_digest(tmp_path / "bert")
    hub.state.repositories[NAME].commits[FIRST]["tokenizer.json"] += b" "
    result = fetch(HF_HOME=str(tmp_path / "another"))
    assert result.returncode == 1
    assert f"the files of {NAME} are not those that were first fetched" in result.stderr
    assert bert_digest(tmp_path / "bert") == before  # what is good stays


def test_a_download_goes_on_after_drops(
    fetch: Fetch, hub: HubServer, files: dict[str, bytes], tmp_path: Path
) -> None:
    large = bytes(CHUNK + 1000)
    hub.state.repositories[NAME].commits[FIRST]["model.safetensors"] = large
    hub.state.drops = [CHUNK + 10] * 3  # smaller files do not feel it
    result = fetch()
    assert result.returncode == 0, result.stderr
    assert str(CHUNK) in hub.state.ranges
    assert (tmp_path / "bert/model.safetensors").read_bytes() == large
    check_sums(tmp_path / "bert")


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "model.safetensors"])
def test_wrong_bytes_are_found_and_not_kept(
    fetch: Fetch, hub: HubServer, tmp_path: Path, name: str
) -> None:
    hub.state.zeros = name
    assert f"{name} has arrived with other bytes than the hub lists" in told(fetch(), tmp_path)
    assert not (tmp_path / "pins.json").exists()
    hub.state.zeros = ""
    assert fetch().returncode == 0


def test_what_has_arrived_is_not_fetched_again(fetch: Fetch, hub: HubServer) -> None:
    assert fetch().returncode == 0
    hub.state.asked.clear()
    assert fetch().returncode == 0
    assert not any(asked.startswith("GET") and "/resolve/" in asked for asked in hub.state.asked)


def test_offline_it_comes_from_the_cache_or_says_so(
    fetch: Fetch, hub: HubServer, tmp_path: Path
) -> None:
    sentence = told(fetch(HF_HUB_OFFLINE="1"), tmp_path)
    assert "HF_HUB_OFFLINE is set, and the cache of the hub does not have some/bert" in sentence
    assert "--config text_encoder=FOLDER" in sentence
    assert hub.state.asked == []
    assert fetch().returncode == 0
    hub.state.asked.clear()
    (tmp_path / "pins.json").unlink()
    assert fetch(HF_HUB_OFFLINE="1").returncode == 0
    assert hub.state.asked == []
    assert json.loads((tmp_path / "pins.json").read_text())[NAME]["commit"] == FIRST


def test_a_token_is_sent(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    hub.state.repositories[NAME].token = "hf_secret"
    assert "or it is private; correct the name, or log in" in told(fetch(), tmp_path)
    assert "correct HF_TOKEN" in told(fetch(HF_TOKEN="hf_wrong"), tmp_path)
    assert fetch(HF_TOKEN="hf_secret").returncode == 0


def test_terms_that_are_not_accepted(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    hub.state.repositories[NAME].gated = True
    sentence = told(fetch(), tmp_path)
    assert f"accept its terms; do so at {hub.endpoint}/{NAME}" in sentence


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("some/brt", ["the hub has no some/brt", "correct the name"]),
        (f"{NAME}@gone", [f"{NAME} has no revision gone on the hub", "NAME@REVISION"]),
        ("a b", ["'a b' is no name on the hub"]),
    ],
)
def test_names_that_the_hub_does_not_have(
    fetch: Fetch, tmp_path: Path, name: str, parts: list[str]
) -> None:
    sentence = told(fetch(name), tmp_path)
    assert all(part in sentence for part in parts), sentence


def test_a_pinned_commit_that_is_gone(
    fetch: Fetch, hub: HubServer, files: dict[str, bytes], tmp_path: Path
) -> None:
    pins = tmp_path / "pins.json"
    pins.write_text(json.dumps({NAME: {"commit": SECOND, "digest": "0"}}))
    sentence = told(fetch(), tmp_path)
    assert f"has no revision {SECOND} on the hub; delete '{NAME}' from {pins}" in sentence


@pytest.mark.parametrize("content", ["[]", "{", '{"some/bert": 1}'])
def test_pins_that_are_damaged(fetch: Fetch, tmp_path: Path, content: str) -> None:
    (tmp_path / "pins.json").write_text(content)
    assert "pins.json" in told(fetch(), tmp_path)


def test_a_repository_without_a_bert(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    del hub.state.repositories[NAME].commits[FIRST]["tokenizer.json"]
    sentence = told(fetch(), tmp_path)
    assert "some/bert is no whole BERT: it has no tokenizer.json or vocab.txt" in sentence


def test_no_network(fetch: Fetch, closed: str, tmp_path: Path) -> None:
    endpoint = closed.rsplit("/", 1)[0]
    sentence = told(fetch(HF_ENDPOINT=endpoint), tmp_path)
    assert f"the hub at {endpoint} cannot be reached for {NAME}" in sentence


def test_a_hub_that_fails(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    hub.state.status = 502
    assert f"the hub answered HTTP 502 for {NAME}; try again later" in told(fetch(), tmp_path)


def test_an_endpoint_that_is_no_hub(fetch: Fetch, hub: HubServer, tmp_path: Path) -> None:
    hub.state.page = True
    assert "does not answer as the hub does" in told(fetch(), tmp_path)


def test_a_full_disk(fetch: Fetch, small_disk: Path, tmp_path: Path) -> None:
    sentence = told(fetch(HF_HOME=str(small_disk)), tmp_path)
    assert f"the disk is full: {small_disk}/hub/some/bert was not written" in sentence
    assert fetch().returncode == 0
