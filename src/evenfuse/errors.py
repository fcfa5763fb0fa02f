"""The one error that a person is meant to read, and how unknown names are answered."""

from collections.abc import Iterable
from difflib import get_close_matches


class EvenfuseError(Exception):
    """Something the user can put right: one sentence with what is wrong, where, and what to do."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known name is meant: ``"; did you mean 'sgd'?"``, or ``""`` if none is near."""
    matches = get_close_matches(name, list(known), n=1, cutoff=0.5)
    return f"; did you mean '{matches[0]}'?" if matches else ""
