"""The error that users see, and the answer to unknown names."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TypeVar

Entry = TypeVar("Entry")


class EvenfuseError(Exception):
    """Something that the user can fix: one sentence with what is wrong, where, and what to do."""

    def __init__(self, sentence: str):
        super().__init__(one_line(sentence))  # what it quotes may have lines


def one_line(text: str) -> str:
    """Return a text on one line, with single blanks."""
    return " ".join(text.split())


def choose(kind: str, name: str, entries: Mapping[str, Entry]) -> Entry:
    """Return the entry of that name.

    Raises:
        EvenfuseError: if there is none; the message lists the names to choose from.
    """
    if name not in entries:
        listed = ", ".join(entries) or "nothing yet"
        hint = nearest(name, entries)
        raise EvenfuseError(f"unknown {kind} '{name}'; choose from: {listed}{hint}")
    return entries[name]


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a hint such as `; did you mean 'sgd'?`, or an empty text if no name is similar."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{matches[0]}'?" if matches else ""
