"""A text encoder of the hub: fetched by a rule, then read without the hub."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from evenfuse.bert_files import bert_digest
from tests.downloads.hub import HubServer, Repository, hub_of
from tests.workflow.conftest import Project

OF_THE_HUB = ("--config", "text_encoder=some/bert", "--")
FOLDER = "data/encoders/some--bert"
ARM = "results/demo_adam_gb.json"


@pytest.fixture
def hub(tiny_bert: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    files = {path.name: path.read_bytes() for path in tiny_bert.iterdir()}
    with hub_of({"some/bert": Repository({"1" * 40: files})}) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.endpoint)
        monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("NO_PROXY", "*")
        yield server


def test_an_arm_trains_without_the_hub_once_its_encoder_is_there(
    fresh: Project, hub: HubServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fresh.jobs(*OF_THE_HUB, ARM)["fetch_encoder"] == 1
    fetched = fresh.study("--", FOLDER)
    assert fetched.returncode == 0, fetched.stdout + fetched.stderr
    shutil.rmtree(fresh.folder / "home")  # as on a node, which does not have the cache of the hub
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub.state.asked.clear()
    trained = fresh.study(*OF_THE_HUB, ARM)
    assert trained.returncode == 0, trained.stdout + trained.stderr
    assert hub.state.asked == []
    record = json.loads((fresh.folder / "results/runs/demo_adam_gb/seed-1/run.json").read_text())
    assert record["text_encoder"] == bert_digest(fresh.folder / FOLDER)
    assert fresh.jobs(*OF_THE_HUB, ARM) == {}


def test_an_encoder_that_the_hub_does_not_have(fresh: Project, hub: HubServer) -> None:
    result = fresh.study("--config", "text_encoder=some/brt", "--", "data/encoders/some--brt")
    assert result.returncode != 0
    assert "the hub has no some/brt, or it is private" in result.stdout + result.stderr
    assert not (fresh.folder / "data/encoders/some--brt").exists()


def test_arms_from_scratch_need_no_hub(fresh: Project, hub: HubServer) -> None:
    assert "fetch_encoder" not in fresh.jobs("all")
    assert hub.state.asked == []
