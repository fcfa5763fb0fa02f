"""The base of all settings, and how a wrong key or value is put into one sentence."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from evenfuse.errors import EvenfuseError, nearest


class Strict(BaseModel):
    """A settings class: immutable, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
        raise EvenfuseError(_sentence(kind, error, where)) from None


def _sentence(kind: type[Strict], error: ValidationError, where: str) -> str:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"]]
    key = ".".join([where, *path]) if where else ".".join(path)
    if first["type"] == "extra_forbidden":
        known = _fields_at(kind, path[:-1])
        hint = nearest(path[-1], known) or f"; known here: {', '.join(known)}"
        return f"unknown setting '{key}'{hint}"
    if first["type"] == "missing":
        return f"the setting '{key}' is missing"
    reason = first["msg"].removeprefix("Value error, ")
    given = repr(first["input"])
    value = given if len(given) <= 60 else f"{given[:60]}..."
    return f"the setting '{key}' cannot be {value}: {reason[0].lower()}{reason[1:]}"


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
