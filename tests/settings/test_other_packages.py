"""Parts that another package brings are checked and completed like our own."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint, EntryPoints

import jsonschema
import pytest

from evenfuse import parts
from evenfuse.settings.reading import load
from evenfuse.settings.schema import schema
from tests.settings.spoilt import Tree, put, sentence, small


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package that brings the model `toy`, as if it were installed."""
    entry = EntryPoint("toy", "tests.settings.toy", "evenfuse.models")
    monkeypatch.setattr(parts, "_entry_points", lambda: EntryPoints([entry]))
    parts.names.cache_clear()
    yield
    parts.names.cache_clear()


def with_toy(**given: object) -> Tree:
    values = put(small(), "variants.v.model", {"name": "toy", **given})
    return put(values, "datasets.d.per_model.toy.model", {"depth": 3})


def test_its_settings_are_merged_from_all_layers() -> None:
    model = load(with_toy(beams=4)).run("d", "o", "v").model
    assert model.model_dump() == {"name": "toy", "beams": 4, "depth": 3}


def test_what_is_wrong_with_them_is_told() -> None:
    assert sentence(with_toy()) == "the setting 'd_o_v.model.beams' is missing"
    told = "unknown setting 'variants.v.model.beems'; did you mean 'beams'?"
    assert sentence(with_toy(beems=4)) == told
    assert "variants.v.model.beams' cannot be 0" in sentence(with_toy(beams=0))


def test_the_schema_knows_them() -> None:
    jsonschema.validate(put({}, "datasets.d.per_model.toy.model.depth", 3), schema())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(put({}, "datasets.d.per_model.toy.model.deep", 3), schema())
