"""Texts of a config that no file name, shell line or table could hold."""

import pytest

from evenfuse.settings.reading import load
from tests.settings.spoilt import put, sentence, small


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("datasets.d.files.words", "../w.csd", "without '.', '..' or '//'"),
        ("datasets.d.files.words", "/w.csd", "without '.', '..' or '//'"),
        ("datasets.d.folds", "{file}", "has no braces and no line break"),
        ("datasets.d.folder", "a\nb", "has no braces and no line break"),
        ("datasets.d.files.a b", "a.csd", "letters, digits, '_' and '-' only"),
        ("datasets.d.modalities", ["text", "$x"], "letters, digits, '_' and '-' only"),
        ("datasets.d.title", "x" * 201, "this title has 201 characters; make it 200 at most"),
        ("datasets.d.pause", "\0", "has the character U+0000, which cannot be printed"),
        ("datasets.d.title", "\ud800", "has the character U+D800, which cannot be printed"),
        ("datasets.d.threads", 2**63, "has too many digits: make it smaller"),
        ("tables.a b", {"title": "T"}, "letters, digits, '_' and '-' only"),
        ("figures.a/b", {"title": "T", "panels": [["v"]]}, "letters, digits, '_' and '-' only"),
        ("variants.-v", {"model": {"name": "awf"}}, "the name '-v' begins with '-'"),
        (f"variants.{'v' * 61}", {"model": {"name": "awf"}}, "has 61 characters; make it 60"),
    ],
)
def test_texts_that_files_or_commands_cannot_have_are_refused(
    path: str, value: object, told: str
) -> None:
    assert told in sentence(put(small(), path, value))


def test_a_title_is_one_line() -> None:
    config = load(put(small(), "datasets.d.title", " a\n\tb  c "))
    assert config.titles().datasets["d"] == "a b c"
