"""Safe replacements for the functions that a pickle of numpy arrays calls.

numpy's own functions would run a pickle inside the pickle (`scalar` with an object dtype) or read
any address in memory (a dtype with a crafted state).
"""

import re
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.pickles.limits import MOST_AXES, Budget, RefusedError

PLAIN_DTYPE = re.compile(r"b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32)|[SU]\d{1,9}|O[48]?")
ARRAY = "numpy.ndarray"
PLAIN = (bytes, memoryview)


class Dtype:
    """Replaces numpy.dtype, whose state a pickle could set to anything."""

    def __init__(self, code: str, align: bool = False, copy: bool = True):
        if type(code) is not str or not PLAIN_DTYPE.fullmatch(code):
            raise RefusedError(f"to make a dtype of {described(code)}")
        self._code, self._order = code, "="

    def fill(self, state: Any) -> None:
        """Set the byte order; refuse anything but a plain type."""
        order, *structure = state[1:5]
        if order not in ("<", ">", "|", "=") or structure != [None] * 3:
            raise RefusedError("to define a dtype of its own")
        self._order = order

    def real(self) -> np.dtype[Any]:
        """Return numpy's dtype."""
        return np.dtype(self._order + self._code)


class ArrayFunctions:
    """The functions that one pickle may call; `names` says by which names it knows them."""

    def __init__(self, budget: Budget):
        self._budget = budget
        self._new: dict[int, NDArray[Any]] = {}
        self.names: dict[tuple[str, str], Any] = {
            ("numpy", "ndarray"): ARRAY,
            ("numpy", "dtype"): Dtype,
            ("_codecs", "encode"): self._encode,
            ("builtins", "bytes"): _empty_bytes,
            ("__builtin__", "bytes"): _empty_bytes,
        }
        for core in ("numpy.core", "numpy._core"):
            self.names[f"{core}.multiarray", "_reconstruct"] = self._new_array
            self.names[f"{core}.multiarray", "scalar"] = self._scalar
            self.names[f"{core}.numeric", "_frombuffer"] = _array_of_buffer

    def fill(self, array: NDArray[Any], state: Any) -> NDArray[Any]:
        """Return a new array with its shape, dtype and content, if the three fit.

        It is the array itself, or another if its content stays in the file.
        """
        _, shape, dtype, fortran, content = state
        real, count = _real(dtype), _count(shape)
        if id(array) not in self._new:
            raise RefusedError("to fill an array twice")
        kinds, size = ([list], count) if real.hasobject else (PLAIN, count * real.itemsize)
        fits = type(content) in kinds and len(content) == size
        if not fits or (count and not real.itemsize):
            raise ValueError("the content of an array has the wrong size")
        # numpy crashes when it frees very deeply nested arrays of objects
        if real.hasobject and any(self._may_hold_objects(entry) for entry in content):
            raise RefusedError("to put an array of objects into another")
        self._budget.spend(len(content))
        del self._new[id(array)]
        if type(content) is memoryview:
            return np.frombuffer(content, real).reshape(
                shape, order="F" if fortran is True else "C"
            )
        whole: Any = (1, shape, real, fortran is True, content)
        array.__setstate__(whole)
        return array

    def _may_hold_objects(self, entry: Any) -> bool:
        return type(entry) is np.ndarray and (entry.dtype.hasobject or id(entry) in self._new)

    def _new_array(self, kind: Any, shape: Any, code: Any) -> NDArray[Any]:
        if kind is not ARRAY:
            raise RefusedError(f"to use {described(kind)} as the kind of an array")
        array = np.ndarray(0, np.int8)
        self._new[id(array)] = array
        return array

    def _scalar(self, dtype: Any, content: Any) -> Any:
        real = _plain(dtype)
        if type(content) is not bytes or len(content) != real.itemsize:
            raise ValueError("a number has the wrong size")
        self._budget.spend(len(content))
        return np.ndarray((), real, content)[()]

    def _encode(self, text: Any, encoding: Any) -> bytes:
        if type(text) is not str or encoding not in ("latin1", "latin-1"):
            raise RefusedError(f"to use {described(encoding)} as a codec")
        self._budget.spend(len(text))
        return text.encode("latin-1")


def _array_of_buffer(
    content: Any, dtype: Any, shape: Any, order: Any, axes: Any = None
) -> NDArray[Any]:
    real = _plain(dtype)
    fits = type(content) in (*PLAIN, bytearray)
    if not fits or len(content) != _count(shape) * real.itemsize:
        raise ValueError("the content of an array has the wrong size")
    array = np.frombuffer(content, real)
    return (
        array.reshape(shape).transpose(axes) if order == "K" else array.reshape(shape, order=order)
    )


def _empty_bytes() -> bytes:
    return b""


def _real(dtype: Any) -> np.dtype[Any]:
    if type(dtype) is not Dtype:
        raise RefusedError(f"to use {described(dtype)} as a dtype")
    return dtype.real()


def _plain(dtype: Any) -> np.dtype[Any]:
    real = _real(dtype)
    if real.hasobject:
        raise RefusedError("to read an object from plain bytes")
    return real


def _count(shape: Any) -> int:
    # axes and sizes are bounded, because the product of huge ones alone could take hours
    if type(shape) is not tuple or len(shape) > MOST_AXES:
        raise ValueError("the shape of an array is not a tuple of sizes")
    if not all(type(n) is int and 0 <= n < 2**63 for n in shape):
        raise ValueError("the shape of an array is not a tuple of sizes")
    return prod(shape)


def described(value: Any) -> str:
    """Return an untrusted text as it is, anything else as its type: its contents may be endless."""
    return printable(repr(value[:200])) if type(value) is str else f"a {type(value).__name__}"


def printable(text: str) -> str:
    """Return the start of an untrusted text, safe to print on a terminal."""
    return ascii(text[:200])[1:-1]
