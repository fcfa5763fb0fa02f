"""One sentence for whatever is wrong with a tree of settings."""

from typing import Any, Literal

import pytest
import yaml
from pydantic import Field

from evenfuse.errors import EvenfuseError
from evenfuse.settings.strict import Strict, parse


class Rate(Strict):
    start: float = Field(0.1, gt=0)
    decay: float = 0.0


class Machine(Strict):
    title: str
    width: int = Field(4, gt=0)
    kind: Literal["slow", "fast"] = "slow"
    rate: Rate = Rate()
    spare: Rate | None = None
    by_name: dict[str, Rate] = Field({})
    in_order: list[Rate] = Field([])


def sentence_about(where: str = "", **values: Any) -> str:
    with pytest.raises(EvenfuseError) as caught:
        parse(Machine, {"title": "one", **values}, where)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "path", "meant"),
    [
        ({"widht": 1}, "widht", "width"),
        ({"rate": {"stat": 1}}, "rate.stat", "start"),
        ({"spare": {"deccay": 1}}, "spare.deccay", "decay"),
        ({"by_name": {"late": {"strat": 1}}}, "by_name.late.strat", "start"),
        ({"in_order": [{}, {"decai": 1}]}, "in_order.1.decai", "decay"),
    ],
)
def test_an_unknown_key_is_named_with_its_path_and_the_nearest(
    values: dict[str, Any], path: str, meant: str
) -> None:
    assert sentence_about(**values) == f"unknown setting '{path}'; did you mean '{meant}'?"
    assert f"'machines.{path}'" in sentence_about("machines", **values)


def test_an_unknown_key_like_no_other_is_answered_with_all_that_are_known() -> None:
    assert sentence_about(rate={"xyz": 1}) == "unknown setting 'rate.xyz'; known here: start, decay"


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"width": "wide"}, "the setting 'width' cannot be 'wide': input should be a valid int"),
        ({"width": 1.5}, "the setting 'width' cannot be 1.5: input should be a valid int"),
        ({"width": 0}, "the setting 'width' cannot be 0: input should be greater than 0"),
        ({"kind": "fats"}, "the setting 'kind' cannot be 'fats': input should be 'slow' or 'fast'"),
        ({"title": None}, "the setting 'title' cannot be None: input should be a valid string"),
        ({"rate": 3}, "the setting 'rate' cannot be 3: input should be a valid dictionary"),
        ({"rate": {"start": float("nan")}}, "the setting 'rate.start' cannot be nan: "),
        ({"in_order": [{"start": -1}]}, "the setting 'in_order.0.start' cannot be -1: "),
    ],
)
def test_an_impossible_value_is_named_with_its_path_and_the_reason(
    values: dict[str, Any], sentence: str
) -> None:
    assert sentence_about(**values).startswith(sentence)


def test_a_missing_key_is_named() -> None:
    with pytest.raises(EvenfuseError) as caught:
        parse(Machine, {}, "machines")
    assert str(caught.value) == "the setting 'machines.title' is missing"


def test_only_the_first_of_several_mistakes_is_told_and_without_its_cause() -> None:
    with pytest.raises(EvenfuseError) as caught:
        parse(Machine, {"title": "one", "width": 0, "kind": "fats"}, "")
    assert "width" in str(caught.value)
    assert "kind" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_numbers_that_yaml_reads_as_strings_are_numbers() -> None:
    values = yaml.safe_load("{start: 1e-3, decay: '5'}")
    assert values == {"start": "1e-3", "decay": "5"}
    assert parse(Rate, values, "") == Rate(start=0.001, decay=5.0)


def test_settings_cannot_be_changed() -> None:
    machine = parse(Machine, {"title": "one"}, "")
    with pytest.raises(ValueError, match="frozen"):
        machine.width = 5  # type: ignore[misc]
