"""The base of all settings, and how a wrong key or value is put into one sentence."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from evenfuse.errors import EvenfuseError, nearest

Seed = Annotated[int, Field(ge=0, lt=2**32)]  # numpy takes no larger ones


class Strict(BaseModel):
    """A settings class: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


Settings = TypeVar("Settings", bound=Strict)


def parse(kind: type[Settings], values: Mapping[str, Any], where: str) -> Settings:
    """Read settings of one kind from plain values.

    Raises:
        EvenfuseError: for the first unknown, missing or impossible key, with its path below
            `where` and, for an unknown one, the nearest known key.
    """
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise EvenfuseError(_sentence(kind, error.errors()[0], where)) from None


def fault(kind: type[Strict], values: Mapping[str, Any], where: str) -> str | None:
    """Return what is wrong with settings that others complete, or None.

    Every key and value that is given must be right; what is missing, or has to fit what is
    missing (pydantic's model validators), is seen when they are complete.
    """
    try:
        kind.model_validate(values)
    except ValidationError as error:
        for each in error.errors():
            if each["loc"] and each["type"] != "missing":
                return _sentence(kind, each, where)
    return None


def without_repeats(values: list[Any]) -> list[Any]:
    """Return the list, or raise ValueError if it lists the same entry twice."""
    if len(set(values)) < len(values):
        raise ValueError("it lists the same entry twice")
    return values


def number_in(value: object) -> str | None:
    """Return how YAML wants a number that it reads as text, e.g. 1e-5 -> 1.0e-05; else None."""
    if not isinstance(value, str) or not value[-1:].isdigit():
        return None
    try:
        written = repr(float(value))
    except ValueError:
        return None
    return written if "." in written else written.replace("e", ".0e")


def _sentence(kind: type[Strict], error: ErrorDetails, where: str) -> str:
    path = [str(part) for part in error["loc"]]
    key = ".".join([where, *path]) if where else ".".join(path)
    if error["type"] == "extra_forbidden":
        return unknown_setting(key, path[-1], _fields_at(kind, path[:-1]))
    if error["type"] == "missing":
        return f"the setting '{key}' is missing"
    reason = error["msg"].removeprefix("Value error, ")
    return impossible(key, error["input"], f"{reason[0].lower()}{reason[1:]}")


def unknown_setting(key: str, last: str, known: Iterable[str]) -> str:
    """Return the sentence for an unknown setting, with the nearest one or all that exist."""
    hint = nearest(last, known) or f"; known here: {', '.join(known)}"
    return f"unknown setting '{key}'{hint}"


def impossible(key: str, value: object, reason: str) -> str:
    """Say that a setting cannot have a value, and why."""
    given = repr(value)
    shown = given if len(given) <= 60 else f"{given[:60]}..."
    number = number_in(value)
    hint = f"; YAML reads {value} as text, write {number}" if number else ""
    return f"the setting '{key}' cannot be {shown}: {reason}{hint}"


def _fields_at(kind: type[Strict], path: list[str]) -> list[str]:
    for part in path:
        field = kind.model_fields.get(part)
        candidates = _settings_in(field.annotation) if field else []
        kind = candidates[0] if candidates else kind
    return list(kind.model_fields)


def _settings_in(annotation: Any) -> list[type[Strict]]:
    if isinstance(annotation, type) and issubclass(annotation, Strict):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _settings_in(part)]
