"""Which of several formats a dataset is read in, from what is on the machine."""

import json
import os
import time
from pathlib import Path
from typing import Any

import h5py
import pytest

from evenfuse.planning.routes import decide
from evenfuse.settings.config import Config
from evenfuse.settings.reading import load
from evenfuse.settings.trees import merge
from tests.planning.test_plans import SMALL

CSD = {"words": "w.csd", "labels": "l.csd", "audio": "a.csd"}
ENTRY = {
    "title": "D",
    "format": ["csd", "mmsa", "mult"],
    "files": CSD,
    "modalities": ["text", "audio"],
    "per_format": {
        "mmsa": {"files": {"pickle": "m.pkl"}},
        "mult": {"files": {"pickle": "t.pkl"}, "modalities": ["audio"]},
    },
}
ADDRESS = {"addresses": ["http://localhost/x"]}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def source(*files: str, **more: Any) -> dict[str, Any]:
    known = {"homepage": "h", "licence": "l", "files": dict.fromkeys(files, ADDRESS)}
    return {"sources": {"d": {**known, **more}}}


def config(**changes: Any) -> Config:
    """A config whose dataset has the formats csd, mmsa and mult."""
    return load(merge({**SMALL, "datasets": {"d": ENTRY}}, changes), decide)


def taken(**changes: Any) -> str:
    return config(**changes).dataset("d").taken


def make(folder: str, *names: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name in names:
        Path(folder, name).touch()


def make_cache(form: str) -> None:
    make("data/cache/d")
    with h5py.File("data/cache/d/valid.h5", "w") as file:
        file.attrs["provenance"] = json.dumps({"format": form})


def test_where_nothing_can_be_had_the_first_tells_what_to_do(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert taken() == "csd"
    told = "d is read as csd, because none of csd, mmsa, mult can be had"
    assert capsys.readouterr().err == f"evenfuse: note: {told}\n"


@pytest.mark.parametrize("folder", ["mirror/d", "mirror", "data/downloads/d", "data/raw/d"])
def test_what_is_on_this_machine_goes_before_what_could_be_downloaded(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    can_come = source(*CSD.values())
    assert taken(mirror="mirror", **can_come) == "csd"
    make(folder, "m.pkl")
    assert taken(mirror="mirror", **can_come) == "mmsa"
    where = "in data/raw" if "raw" in folder else "on this machine"
    told = f"d is read as mmsa, because it is the first of csd, mmsa, mult whose files are {where}"
    assert told in capsys.readouterr().err


def test_all_files_must_be_there_and_the_first_that_has_them_is_taken() -> None:
    make("mirror/d", "w.csd", "l.csd", "m.pkl", "t.pkl")
    assert taken(mirror="mirror") == "mmsa"
    make("mirror/d", "a.csd")
    assert taken(mirror="mirror") == "csd"


def test_what_the_workflow_has_fetched_it_goes_on_with() -> None:
    make("mirror/d", *CSD.values())
    make("data/raw/d", "t.pkl")
    assert taken(mirror="mirror") == "mult"


def test_of_downloads_the_first_whose_every_other_file_has_an_address() -> None:
    assert taken(**source("w.csd", "l.csd", "t.pkl")) == "mult"
    make("mirror/d", "a.csd")
    assert taken(mirror="mirror", **source("w.csd", "l.csd", "t.pkl")) == "csd"


def test_a_download_that_failed_is_passed_over_for_a_day_if_another_can_come() -> None:
    every = source(*CSD.values(), "m.pkl")
    assert taken(**every) == "csd"
    make("data/downloads/d", ".a.csd.failed")
    assert taken(**every) == "mmsa"
    make("mirror/d", "a.csd")
    assert taken(mirror="mirror", **every) == "csd"
    make("data/downloads/d", ".m.pkl.failed")
    assert taken(**every) == "csd"
    yesterday = time.time() - 25 * 60 * 60
    os.utime("data/downloads/d/.m.pkl.failed", (yesterday, yesterday))
    assert taken(**every) == "mmsa"


def test_the_addresses_of_the_sdk_count_for_its_own_files_alone() -> None:
    names = {"words": "CMU_MOSI_TimestampedWords.csd", "labels": "CMU_MOSI_Opinion_Labels.csd"}
    known = {"sdk": "CMU_MOSI", "files": {**names, "audio": "CMU_MOSI_COVAREP.csd"}}
    assert taken(datasets={"d": known}, **source("m.pkl")) == "csd"
    assert taken(datasets={"d": {"sdk": "CMU_MOSI"}}, **source("m.pkl")) == "mmsa"


def test_an_unofficial_address_counts_with_a_known_hash() -> None:
    unofficial = {"unofficial": ["http://localhost/x"]}
    assert taken(**source(files={"m.pkl": unofficial, "t.pkl": ADDRESS})) == "mult"
    known = {**unofficial, "sha256": "a" * 64}
    assert taken(**source(files={"m.pkl": known, "t.pkl": ADDRESS})) == "mmsa"


def test_what_is_to_be_signed_for_cannot_be_downloaded_before() -> None:
    signed = source("t.pkl", sign="a form")
    assert taken(**signed) == "csd"
    assert taken(accepted_terms=["d"], **signed) == "mult"


def test_once_there_is_a_cache_its_format_stays(capsys: pytest.CaptureFixture[str]) -> None:
    make("data/raw/d", *CSD.values())
    make_cache("mult")
    assert taken() == "mult"
    assert (
        "because data/cache/d was made from it; to decide anew, delete" in capsys.readouterr().err
    )
    assert taken(datasets={"d": {"format": ["mmsa", "csd"]}}) == "csd"
    assert taken(datasets={"d": {"format": "mmsa"}}) == "mmsa"


@pytest.mark.parametrize("content", [b"", b"no HDF5"])
def test_a_cache_that_cannot_be_read_says_nothing(content: bytes) -> None:
    make("data/raw/d", "m.pkl")
    make("data/cache/d")
    Path("data/cache/d/train.h5").write_bytes(content)
    with h5py.File("data/cache/d/valid.h5", "w"):
        pass
    assert taken() == "mmsa"


def test_the_config_of_a_study_has_one_format_for_a_dataset() -> None:
    make("data/raw/d", "t.pkl")
    entry = config().dataset("d")
    assert (entry.format, entry.per_format) == (["mult"], {})
    assert (entry.sources(), entry.modalities) == ({"pickle": "t.pkl"}, ["audio"])
    assert config().run("d", "o", "v").modalities == ["audio"]


def test_a_dataset_of_one_format_is_not_decided_on(capsys: pytest.CaptureFixture[str]) -> None:
    make("data/raw/d", "t.pkl")
    assert taken(datasets={"d": {"format": "csd"}}) == "csd"
    assert capsys.readouterr().err == ""


def test_a_manifest_is_used_where_it_lies() -> None:
    own = {"format": ["manifest", "mmsa"], "folder": "own"}
    own["per_format"] = {"manifest": {"files": {"manifest": "m.csv"}}}
    assert taken(datasets={"d": own}, **source("m.pkl")) == "mmsa"
    make("own", "m.csv")
    assert taken(datasets={"d": own}, **source("m.pkl")) == "manifest"
