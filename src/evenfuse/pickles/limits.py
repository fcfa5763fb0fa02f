"""How much a pickle may hold, so that none takes more memory than docs/data.md says."""

from typing import Any

MOST_VALUES = 10_000_000
"""Operations of a pickle: each makes at most one value outside of an array, of some 100 bytes."""

MOST_AXES = 64
"""Axes of an array, as in numpy."""

SPARE = 1 << 24
"""Bytes or letters that lists may repeat beyond what the file holds."""


class RefusedError(Exception):
    """The pickle tried something that no data file needs; the message says what."""


class Budget:
    """The bytes that calls may copy: a data file has each of its bytes copied twice at most.

    Without it, a small pickle could copy the same bytes again and again.
    """

    def __init__(self, size: int):
        self._left = 2 * size

    def spend(self, count: int) -> None:
        """Note that so many bytes are to be copied; raise RefusedError if that is too much."""
        self._left -= count
        if self._left < 0:
            raise RefusedError("to copy the same bytes again and again")


class Counted(dict[int, Any]):
    """A table of operations that counts how often it is used."""

    used = 0

    def __getitem__(self, code: int) -> Any:
        self.used += 1
        if self.used > MOST_VALUES:
            raise RefusedError(f"to make more than {MOST_VALUES:,} values outside of arrays")
        return super().__getitem__(code)
