"""Padded arrays of a split, as the field's pickles hold them, cut into sequences of true length."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, as_float32
from evenfuse.errors import EvenfuseError
from evenfuse.pickles.lists import as_array, as_texts
from evenfuse.pickles.loading import load_pickle
from evenfuse.settings.splits import SPLITS

LONGEST = 2**31  # rows; a length above it is cut like any other that is longer than the array


def read_splits(path: Path) -> dict[str, "PaddedSplit"]:
    """Read a pickle of the form `{split: {key: array or list}}`, train first.

    Raises:
        EvenfuseError: if it cannot be read, or is not of this form.
    """
    content = load_pickle(path)
    if not isinstance(content, dict):
        raise EvenfuseError(f"{path} holds a {type(content).__name__} where splits should be")
    for split in SPLITS:
        if not isinstance(content.get(split), dict):
            raise EvenfuseError(f"{path} has no split '{split}'; it has {_names(content)}")
    for name, part in content.items():
        if isinstance(part, dict) and name not in SPLITS:
            known = ", ".join(SPLITS)
            told = f"{path} has a split {repr(name)[:80]}, but its splits should be {known}"
            raise EvenfuseError(f"{told}; rename or remove it")
    generated = content.get("generated") is True
    size = path.stat().st_size
    return {split: PaddedSplit(path, split, content[split], size, generated) for split in SPLITS}


class PaddedSplit:
    """One split of such a pickle; errors name the file, the split and the key."""

    def __init__(
        self, path: Path, name: str, content: Mapping[str, Any], size: int, generated: bool
    ):
        self.name = name
        self._generated, self._size = generated, size
        self._path, self._content = path, content

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def kept(self, count: int) -> Counter[str]:
        """Return the counts of segments: how many there are, and whether they are generated."""
        return Counter(kept=count, **({"generated": count} if self._generated else {}))

    def value(self, key: str) -> Any:
        """Return what lies under a key, or raise EvenfuseError if nothing does."""
        return self._get(key)

    def numbers(self, key: str, *shape: int | None) -> NDArray[Any]:
        """Return an array of numbers of this shape, None standing for any size."""
        return self._checked(key, self._array(key, len(shape)), shape)

    def column(self, key: str, count: int | None) -> NDArray[Any]:
        """Return numbers (segment,); files have them so, or as (segment, 1)."""
        array = self._array(key, 2)
        flat = array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array
        return self._checked(key, flat, (count,))

    def _array(self, key: str, axes: int) -> NDArray[Any]:
        try:
            return as_array(self._get(key), axes, self._size)
        except ValueError as error:
            raise self.wrong(key, str(error)) from None

    def _checked(
        self, key: str, array: NDArray[Any], shape: tuple[int | None, ...]
    ) -> NDArray[Any]:
        fits = len(array.shape) == len(shape) and all(
            wanted in (None, size) for wanted, size in zip(shape, array.shape, strict=True)
        )
        if not fits or array.dtype.kind not in "biuf":
            wanted = " x ".join("any" if size is None else str(size) for size in shape)
            found = f"{array.shape} of {array.dtype}"
            raise self.wrong(key, f"should hold {wanted} numbers, but is an array {found}")
        if not array.size:
            raise self.wrong(key, f"is empty: {array.shape}")
        return array

    def texts(self, key: str, count: int) -> list[str]:
        """Return one text per segment."""
        try:
            texts = as_texts(self._get(key), self._size)
        except ValueError as error:
            raise self.wrong(key, str(error)) from None
        if len(texts) != count:
            raise self.wrong(key, f"holds {len(texts)} texts for {count} segments")
        return texts

    def sequences(
        self,
        key: str,
        name: str,
        count: int,
        lengths: NDArray[np.int64] | None,
        starts: NDArray[np.int64] | None = None,
    ) -> tuple[Ragged, Counter[str]]:
        """Return array `key` (segment, time, feature) cut to `lengths`, as float32, and counts.

        No length means all rows, no start the first. A length of 0 leaves one row of zeros; one
        above the array's is cut. Both are counted under `name`.
        """
        array = self.numbers(key, count, None, None)
        longest = array.shape[1]
        given = np.full(count, longest) if lengths is None else lengths
        first = np.zeros(count, np.int64) if starts is None else starts
        zeros = np.zeros((1, array.shape[2]), array.dtype)
        rows = [
            part[start : start + size] if size else zeros
            for part, start, size in zip(array, first, given, strict=True)
        ]
        values = as_float32(np.concatenate(rows), f"{self._path}: '{key}'")
        counts = {
            f"without {name}": np.count_nonzero(given == 0),
            f"lengths of {name} above the array's": np.count_nonzero(given > longest),
        }
        sizes = given.clip(1, longest)
        return Ragged(values, np.cumsum([0, *sizes])), Counter(
            {what: int(count) for what, count in counts.items()}
        )

    def lengths(self, key: str, count: int) -> NDArray[np.int64] | None:
        """Return the whole numbers under `key` (segment,), or None where the file has none."""
        if key not in self:
            return None
        lengths = self.column(key, count)
        with np.errstate(over="ignore"):
            lengths = lengths.astype(np.float64)
        if not (np.isfinite(lengths) & (lengths >= 0) & (lengths == np.floor(lengths))).all():
            raise self.wrong(key, "has a length that is not a whole number of rows")
        whole: NDArray[np.int64] = np.minimum(lengths, LONGEST).astype(np.int64)
        return whole

    def wrong(self, key: str, what: str) -> EvenfuseError:
        """Return an error that says where."""
        return EvenfuseError(f"{self._path}: '{key}' of the split '{self.name}' {what}")

    def _get(self, key: str) -> Any:
        if key not in self._content:
            raise EvenfuseError(
                f"{self._path}: the split '{self.name}' has no '{key}'; "
                f"it has {_names(self._content)}"
            )
        return self._content[key]


def _names(content: Mapping[Any, Any]) -> str:
    return ", ".join(repr(name)[:80] for name in list(content)[:20]) or "nothing"
