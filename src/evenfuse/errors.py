"""The one error that a person is meant to read, and how unknown names are answered."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

Entry = TypeVar("Entry")


class EvenfuseError(Exception):
    """Something the user can put right: one sentence with what is wrong, where, and what to do."""


def choose(kind: str, name: str, entries: Mapping[str, Entry]) -> Entry:
    """Return the entry of that name.

    Raises:
        EvenfuseError: if there is none; the sentence has the names to choose from.
    """
    if name not in entries:
        listed = ", ".join(entries) or "nothing yet"
        hint = nearest(name, entries)
        raise EvenfuseError(f"unknown {kind} '{name}'; choose from: {listed}{hint}")
    return entries[name]


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant: ``"; did you mean 'sgd'?"``, or ``""`` if none is near."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{matches[0]}'?" if matches else ""
