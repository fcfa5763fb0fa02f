"""Lists of a pickle made into arrays, without repeating what the file holds once.

A pickle can use one list in a thousand places, and that list another in a thousand: as an array,
a few bytes would fill any memory.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.pickles.limits import SPARE

NUMBERS = (bool, int, float, np.number, np.bool_)


def as_array(value: Any, axes: int, file_size: int) -> NDArray[Any]:
    """Return an array as it is, and nested lists of numbers or arrays as an array.

    Raises:
        ValueError: if they are nested more than `axes` deep, hold anything but numbers, are of
            unequal length, or repeat their parts so often that the array would be far larger than
            the file; the message says which.
    """
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, list | tuple):
        raise ValueError(f"is not an array but a {type(value).__name__}")
    if 8 * _numbers(value, axes, {}) > 8 * file_size + SPARE:
        raise ValueError("repeats its parts so often that it is far larger than the file")
    try:
        return np.asarray(value)
    except (ValueError, OverflowError):
        raise ValueError("has rows of unequal length") from None


def _numbers(value: Any, axes: int, known: dict[tuple[int, int], int]) -> int:
    """Return how many numbers lists hold, each list counted as often as it is used."""
    if isinstance(value, NUMBERS):
        return 1
    if isinstance(value, np.ndarray) and value.dtype.kind in "biufc":
        return int(value.size)
    if not isinstance(value, list | tuple):
        raise ValueError(f"holds a {type(value).__name__} where a number should be")
    if axes == 0:
        raise ValueError("has lists that are nested too deep")
    place = (id(value), axes)
    if place not in known:
        known[place] = sum(_numbers(entry, axes - 1, known) for entry in value)
    return known[place]


def as_texts(value: Any, file_size: int) -> list[str]:
    """Return the texts of a list or of an array (text,) or (text, 1).

    An entry may be text, bytes in UTF-8, or a list or array of one of these.

    Raises:
        ValueError: if it is no list, an entry is no text, or the same long text is repeated so
            often that all are far larger than the file.
    """
    if not isinstance(value, list | tuple | np.ndarray):
        raise ValueError(f"is not a list of texts but a {type(value).__name__}")
    if isinstance(value, np.ndarray) and value.shape[1:] not in ((), (1,)):
        raise ValueError(f"is not a list of texts but an array {value.shape}")
    texts = [_text(entry, number) for number, entry in enumerate(value)]
    if sum(map(len, texts)) > file_size + SPARE:
        raise ValueError("repeats its texts so often that they are far larger than the file")
    return texts


def _text(entry: Any, number: int) -> str:
    inner = entry[0] if _is_one(entry) else entry
    if isinstance(inner, bytes):
        try:
            return inner.decode()
        except UnicodeDecodeError:
            raise ValueError(f"holds bytes that are not UTF-8 for segment {number}") from None
    if not isinstance(inner, str):
        raise ValueError(f"should be texts, but holds {_described(entry)} for segment {number}")
    return str(inner)


def _is_one(entry: Any) -> bool:
    if isinstance(entry, np.ndarray):
        return bool(entry.shape == (1,))
    return isinstance(entry, list | tuple) and len(entry) == 1


def _described(entry: Any) -> str:
    kind = f"a {type(entry).__name__}"
    return f"{kind} of {len(entry)} entries" if isinstance(entry, list | tuple) else kind
