"""A dataset that can be read in several formats: what its entry says of each."""

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.settings.reading import load
from evenfuse.settings.routes import Route
from tests.settings.spoilt import Tree, put, sentence, shipped, small

PICKLE = {"mmsa": {"files": {"pickle": "m.pkl"}}}


def with_formats(*formats: str, **per_format: Tree) -> Tree:
    values = put(small(), "datasets.d.format", list(formats))
    return put(values, "datasets.d.per_format", {**PICKLE, **per_format})


def test_the_first_is_taken_where_nobody_decides() -> None:
    values = with_formats("mmsa", "csd")
    entry = load(values).dataset("d")
    assert (entry.taken, entry.sources()) == ("mmsa", {"pickle": "m.pkl"})
    values["datasets"]["d"]["format"] = ["csd", "mmsa"]
    assert load(values).dataset("d").taken == "csd"
    values["datasets"]["d"]["format"] = "mmsa"
    assert load(values).dataset("d").sources() == {"pickle": "m.pkl"}


def test_a_part_is_laid_over_the_entry() -> None:
    part = {"files": {"pickle": "t.pkl"}, "modalities": ["audio"], "title": "T"}
    values = put(with_formats("mult", mult=part), "datasets.d.published_as", "mosi")
    entry = load(values).dataset("d")
    assert (entry.title, entry.modalities, entry.published_as) == ("T", ["audio"], "mosi")
    part["published_as"] = None
    assert load(values).dataset("d").published_as is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (with_formats("csd", "mult"), "the format mult needs the role 'pickle' in files"),
        (with_formats("csd", "manifest"), "the format manifest needs the role 'manifest' in files"),
        (with_formats("csd", "mmsaa"), "unknown format 'mmsaa'"),
        (with_formats("csd", "csd"), "it lists the same entry twice"),
        (with_formats(), "list should have at least 1 item"),
        (with_formats("csd", mmsaa={}), "unknown format 'mmsaa'"),
        (with_formats("csd", mult={"fils": {}}), "did you mean 'files'?"),
        (with_formats("csd", mult={"modalities": []}), "list should have at least 1 item"),
        (
            with_formats("csd", "mult", mult={"files": {"pickle": "t.pkl"}}),
            "unknown modality 'text'; choose from: vectors, audio, video",
        ),
    ],
)
def test_every_format_is_checked_whichever_is_taken(values: Tree, told: str) -> None:
    assert told in sentence(values)


def test_a_file_cannot_be_named_twice() -> None:
    values = put(with_formats("csd", "mmsa"), "datasets.d.files.pickle", "other.pkl")
    told = "files and per_format.mmsa both name the role 'pickle'"
    assert told in sentence(values)


@pytest.mark.parametrize("overlay", ["paper.yaml", "mosi-text-audio.yaml"])
@pytest.mark.parametrize("form", ["csd", "mmsa", "mult"])
def test_the_shipped_studies_are_right_in_each_format(overlay: str, form: str) -> None:
    try:
        config = load(shipped(overlay), lambda _, dataset: Route(form, "it is tried"))
    except EvenfuseError as error:
        pytest.fail(str(error))
    assert config.trained_arms()
