"""Names of the config that are names of files: models, balancers, metrics."""

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeVar

from evenfuse.errors import EvenfuseError, nearest

Entry = TypeVar("Entry")


@cache
def modules_of(room: str) -> dict[str, Path]:
    """Return name -> file of every module in a package of evenfuse, without importing it."""
    spec = find_spec(f"evenfuse.{room}")
    folders: Iterable[str] = spec.submodule_search_locations or [] if spec else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("[a-z]*.py"))]
    return {file.stem: file for file in files}


def known(kind: str, name: str, entries: Mapping[str, Entry]) -> Entry:
    """Return the entry of that name, or raise a sentence with the names there are."""
    if name not in entries:
        listed = ", ".join(entries)
        raise EvenfuseError(f"unknown {kind} '{name}': there is {listed}{nearest(name, entries)}")
    return entries[name]
