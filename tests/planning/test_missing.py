"""What a study needs that is not on this machine, before anything is downloaded."""

from pathlib import Path
from typing import Any

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.planning.missing import missing
from evenfuse.settings.reading import load
from evenfuse.settings.sources import Source, total_size
from evenfuse.settings.trees import merge
from tests.planning.test_plans import SMALL
from tests.planning.test_routes import make

ADDRESS = {"addresses": ["http://localhost/x"]}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def lines(*entries: dict[str, Any], **source: Any) -> list[str]:
    files = dict(zip(("w.csd", "l.csd", "a.csd"), entries, strict=False))
    known = {"homepage": "h", "licence": "l", "files": files, **source}
    return missing(load(merge(SMALL, {"sources": {"d": known}})))


def test_what_can_be_downloaded_is_counted_with_its_size_and_terms() -> None:
    assert lines(*[{**ADDRESS, "size": 1000}] * 3) == [
        "d, format csd: 3 files to download, 3,000 bytes; terms: l (h)"
    ]


def test_what_is_here_is_not_told() -> None:
    make("data/raw/d", "w.csd")
    make("data/downloads/d", "l.csd")
    told = "d, format csd: 1 file to download, about 1.2 GB; terms: l (h)"
    assert lines(*[{**ADDRESS, "about_gb": 1.2}] * 3) == [told]
    make("data/cache/d", "train.h5", "valid.h5")
    assert lines(*[{**ADDRESS, "about_gb": 1.2}] * 3) == [told]
    make("data/cache/d", "test.h5")
    assert lines(*[{**ADDRESS, "about_gb": 1.2}] * 3) == []


def test_what_is_to_be_signed_is_told_with_the_line_to_add() -> None:
    assert lines(*[ADDRESS] * 3, sign="a form") == [
        "d, format csd: sign a form (h), then add the line 'accepted_terms: [d]' to the config, or "
        "give the folder of w.csd, l.csd, a.csd as the mirror"
    ]


def test_the_line_to_add_keeps_what_was_signed_before() -> None:
    signed = {name: {"homepage": "h", "licence": "l", "sign": "a form"} for name in ("d", "e")}
    told = missing(load(merge(SMALL, {"sources": signed, "accepted_terms": ["e"]})))
    assert "add the line 'accepted_terms: [e, d]' to the config" in told[0]


def test_what_cannot_be_had_is_told_beside_what_can() -> None:
    assert lines(ADDRESS, ADDRESS) == [
        "d, format csd: 2 files to download, size unknown; terms: l (h)",
        "d, format csd: a.csd cannot be downloaded; see `evenfuse data list` for who provides it, "
        "then give its folder with --config mirror=FOLDER",
    ]


def test_a_generated_corpus_needs_nothing() -> None:
    entry = {"title": "D", "generate": {"videos": 8}, "modalities": ["text"]}
    generated = {**entry, "text_encoder": "scratch"}
    assert missing(load({**SMALL, "datasets": {"d": generated}})) == []


def test_text_encoders_of_the_hub_are_told_until_they_are_there() -> None:
    config = load(merge(SMALL, {"text_encoder": "some/bert@v1"}))
    told = "text encoder some/bert@v1: to download from the hub, size unknown"
    assert missing(config)[1:] == [told]
    Path("data/encoders/some--bert@v1").mkdir(parents=True)
    assert missing(config)[1:] == []
    with pytest.raises(EvenfuseError, match="the text encoder 'no/such/name' is not a BERT folder"):
        missing(load(merge(SMALL, {"text_encoder": "no/such/name"})))


@pytest.mark.parametrize(
    ("known", "told"),
    [
        ([{"size": 5}, {"size": 2000}], "2,005 bytes"),
        ([{"size": 5, "about_gb": 3}], "5 bytes"),
        ([{"size": 500_000_000}, {"about_gb": 0.6}], "about 1.1 GB"),
        ([{"about_gb": 13.7}, {}, {}], "about 13.7 GB and 2 of unknown size"),
        ([{}, {}], "size unknown"),
    ],
)
def test_sizes_are_added_as_far_as_they_are_known(known: list[Any], told: str) -> None:
    assert total_size([Source(**each) for each in known]) == told
