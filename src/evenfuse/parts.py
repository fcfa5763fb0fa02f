"""Parts that are found by name: models, balancers, metrics, data formats, tables and figures.

A part has two sides: its facts, which the config must know and which are read with it, and its
code, which is imported where it is used. In the project they are two files of one name; another
package adds parts by entry points and may put both sides into one module (docs/extending.md).
"""

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from evenfuse.errors import EvenfuseError, choose
from evenfuse.settings.strict import Strict, parse


class Kind(NamedTuple):
    """A kind of part: what a message calls it, the packages of its sides, the key that names it."""

    noun: str
    facts: str
    code: str
    key: str = "name"


KINDS = {
    "models": Kind("model", "evenfuse.settings.models", "evenfuse.models"),
    "balancers": Kind("balancer", "evenfuse.settings.balancers", "evenfuse.balancers"),
    "metrics": Kind("family of metrics", "evenfuse.settings.metrics", "evenfuse.metrics"),
    "datasets": Kind("format", "evenfuse.settings.formats", "evenfuse.datasets", "format"),
    "tables": Kind("kind of table", "evenfuse.settings.tables", "evenfuse.report.tables", "kind"),
    "figures": Kind(
        "kind of figure", "evenfuse.settings.figures", "evenfuse.report.figures", "kind"
    ),
}


@cache
def names(kind: str) -> dict[str, str]:
    """Return name -> module with the facts, of every part of a kind, the project's own first.

    Raises:
        EvenfuseError: if a package brings a part whose name is taken.
    """
    package = KINDS[kind].facts
    found = {name: f"{package}.{name}" for name in _files(package)}
    for entry in _entry_points().select(group=f"evenfuse.{kind}"):
        if entry.name in found:
            raise EvenfuseError(
                f"the {KINDS[kind].noun} '{entry.name}' of the package {_package(entry)} has a "
                f"name that is taken by {found[entry.name]}; rename it or uninstall the package"
            )
        found[entry.name] = entry.value
    return found


def facts(kind: str, name: str) -> ModuleType:
    """Import the facts of a part, or raise EvenfuseError with the names to choose from."""
    return import_module(choose(KINDS[kind].noun, name, names(kind)))


def code(kind: str, name: str) -> ModuleType:
    """Import the code of a part, or raise EvenfuseError with the names to choose from."""
    return import_module(code_module(kind, name))


def code_module(kind: str, name: str) -> str:
    """Return the name of the module with the code of a part."""
    module = choose(KINDS[kind].noun, name, names(kind))
    if module.startswith(f"{KINDS[kind].facts}."):
        return f"{KINDS[kind].code}.{name}"
    own: str = getattr(facts(kind, name), "CODE", module)
    return own


def parse_part(kind: str, values: Mapping[str, Any], where: str) -> Any:
    """Read the settings of the part that `values` name, by its own class `Settings`.

    Raises:
        EvenfuseError: if there is no part of that name, or a setting is wrong.
    """
    key = KINDS[kind].key
    if key not in values:
        noun = KINDS[kind].noun
        raise EvenfuseError(f"the setting '{where}.{key}' is missing: it names a {noun}")
    settings: type[Strict] = facts(kind, str(values[key])).Settings
    return parse(settings, values, where)


@cache
def _entry_points() -> Any:
    """Read what all packages bring; looking through them takes milliseconds."""
    return entry_points()


def _files(package: str) -> list[str]:
    spec = find_spec(package)
    folders = (spec.submodule_search_locations or []) if spec else []
    return sorted(file.stem for folder in folders for file in Path(folder).glob("[a-z]*.py"))


def _package(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else entry.value
