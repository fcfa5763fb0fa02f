"""Safe replacements for the functions that a pickle of numpy arrays calls.

numpy's own functions would run a pickle inside the pickle (`scalar` with an object dtype) or read
any address in memory (a dtype with a crafted state).
"""

import re
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

PLAIN_DTYPE = re.compile(r"b1|[iu][1248]|f(2|4|8|12|16)|c(8|16|24|32)|[SU]\d{1,9}|O[48]?")
ARRAY = "numpy.ndarray"


class RefusedError(Exception):
    """The pickle tried something that no data file needs; the message says what."""


class Dtype:
    """Replaces numpy.dtype, whose state a pickle could set to anything."""

    def __init__(self, code: str, align: bool = False, copy: bool = True):
        if type(code) is not str or not PLAIN_DTYPE.fullmatch(code):
            raise RefusedError(f"to make the dtype {printable(repr(code))}")
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


def _new_array(kind: Any, shape: Any, code: Any) -> NDArray[Any]:
    if kind is not ARRAY:
        raise RefusedError(f"to make an array of the kind {printable(repr(kind))}")
    return np.ndarray(0, np.int8)


def fill_array(array: NDArray[Any], state: Any) -> None:
    """Give a new array its shape, dtype and content, if the three fit."""
    _, shape, dtype, fortran, content = state
    real, count = _real(dtype), _count(shape)
    if array.size or array.dtype != np.int8:
        raise RefusedError("to fill an array twice")
    expected = (list, count) if real.hasobject else (bytes, count * real.itemsize)
    if (type(content), len(content)) != expected or (count and not real.itemsize):
        raise ValueError("the content of an array has the wrong size")
    # numpy crashes when it frees very deeply nested arrays of objects
    if real.hasobject and any(type(x) is np.ndarray and x.dtype.hasobject for x in content):
        raise RefusedError("to put an array of objects into another")
    whole: Any = (1, shape, real, fortran is True, content)
    array.__setstate__(whole)


def _array_of_buffer(
    content: Any, dtype: Any, shape: Any, order: Any, axes: Any = None
) -> NDArray[Any]:
    real = _plain(dtype)
    if type(content) not in (bytes, bytearray) or len(content) != _count(shape) * real.itemsize:
        raise ValueError("the content of an array has the wrong size")
    array = np.frombuffer(content, real)
    return (
        array.reshape(shape).transpose(axes) if order == "K" else array.reshape(shape, order=order)
    )


def _scalar(dtype: Any, content: Any) -> Any:
    real = _plain(dtype)
    if type(content) is not bytes or len(content) != real.itemsize:
        raise ValueError("a number has the wrong size")
    return np.ndarray((), real, content)[()]


def _encode(text: Any, encoding: Any) -> bytes:
    if type(text) is not str or encoding not in ("latin1", "latin-1"):
        raise RefusedError(f"to use the codec {printable(repr(encoding))}")
    return text.encode("latin-1")


def _empty_bytes() -> bytes:
    return b""


def _real(dtype: Any) -> np.dtype[Any]:
    if type(dtype) is not Dtype:
        raise RefusedError(f"to use {printable(repr(dtype))} as a dtype")
    return dtype.real()


def _plain(dtype: Any) -> np.dtype[Any]:
    real = _real(dtype)
    if real.hasobject:
        raise RefusedError("to read an object from plain bytes")
    return real


def _count(shape: Any) -> int:
    if type(shape) is not tuple or not all(type(n) is int and n >= 0 for n in shape):
        raise ValueError("the shape of an array is not a tuple of sizes")
    return prod(shape)


def printable(text: str) -> str:
    """Return the start of an untrusted text, safe to print on a terminal."""
    return ascii(text[:200])[1:-1]


NAMES: dict[tuple[str, str], Any] = {
    ("numpy", "ndarray"): ARRAY,
    ("numpy", "dtype"): Dtype,
    ("_codecs", "encode"): _encode,
    ("builtins", "bytes"): _empty_bytes,
    ("__builtin__", "bytes"): _empty_bytes,
}
for _core in ("numpy.core", "numpy._core"):
    NAMES[f"{_core}.multiarray", "_reconstruct"] = _new_array
    NAMES[f"{_core}.multiarray", "scalar"] = _scalar
    NAMES[f"{_core}.numeric", "_frombuffer"] = _array_of_buffer
