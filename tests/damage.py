"""What a disk or a kill makes of a file: one bit flipped, at many places; cut, at many lengths."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from evenfuse.errors import EvenfuseError


def damaged(content: bytes, number: int) -> Iterator[bytes]:
    """Yield the content with a bit flipped, then the content cut short, each so many times."""
    rng = random.Random(0)
    for place in sorted(rng.sample(range(len(content)), min(number, len(content)))):
        flipped = bytearray(content)
        flipped[place] ^= 1 << rng.randrange(8)
        yield bytes(flipped)
    for length in {0, 1, *rng.sample(range(len(content)), min(number, len(content)))}:
        yield content[:length]


def every_damage_is_found(
    file: Path, read: Callable[[], object], unit: Path, number: int = 100
) -> None:
    """Damage a file time and again: each time, reading ends in one sentence and sets `unit` aside.

    At the end everything is as it was.
    """
    whole = file.read_bytes()
    aside = unit.with_name(f"{unit.name}.damaged")
    for content in damaged(whole, number):
        file.write_bytes(content)
        with pytest.raises(EvenfuseError) as caught:
            read()
        assert "\n" not in str(caught.value)
        assert f"set aside as {aside.name}; run the workflow again" in str(caught.value)
        assert not unit.exists()
        aside.replace(unit)
    file.write_bytes(whole)
    read()
