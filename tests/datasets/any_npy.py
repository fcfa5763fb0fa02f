"""Bytes of .npy files: of every kind of array, with headers that lie, and of other kinds."""

import io
import pickle
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.datasets.any_input import damaged

DTYPES = [
    *("?", "i1", "u8", ">i4", "f2", "f4", "f8", ">f8", "g", "c8", "c16"),
    *("S3", "U2", "M8[s]", "m8[D]", "V4", "O", [("a", "f4"), ("b", "i2")], ("f4", (2,))),
]
SHAPES = [(3, 2), (1, 2), (1, 1), (3,), (), (0, 2), (3, 0), (3, 2, 1), (200, 2), (3, 4), (2, 3)]
NUMBERS = [0.0, 1.0, -2.5, np.nan, np.inf, -np.inf, 1e300, 6e4]


def numbers() -> st.SearchStrategy[NDArray[Any]]:
    """Arrays that are mostly what they should be: three numbers per row."""
    values = st.lists(st.sampled_from(NUMBERS[:3]), min_size=3, max_size=9)
    return values.map(lambda each: np.resize(each, (len(each) // 3, 3)).astype(np.float32))


@st.composite
def arrays(draw: st.DrawFn) -> NDArray[Any]:
    shape = draw(st.sampled_from(SHAPES))
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    if dtype.kind in "fcO":
        filled = np.full(shape, draw(st.sampled_from(NUMBERS)))
        with np.errstate(all="ignore"):
            return np.asarray(filled.astype(dtype), order=draw(st.sampled_from("CF")))
    return np.zeros(shape, dtype)


def saved(array: NDArray[Any]) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@st.composite
def liars(draw: st.DrawFn) -> bytes:
    """Files whose header says something else than what follows."""
    shape = draw(st.tuples(*[st.sampled_from([-1, 0, 1, 3, 2**31, 2**62, 2**64, True])] * 2))
    header = {
        "descr": draw(st.sampled_from(["<f4", "<f8", "|O", "nonsense", "<f4,<f4", "|V0", 5, []])),
        "fortran_order": draw(st.booleans()),
        "shape": shape,
    }
    deep = ["-" * 4000 + "1", "(" * 3000, "[" * 150, "{'descr'", "é\n", "None", "__import__('os')"]
    text = draw(st.one_of(st.just(repr(header)), st.sampled_from(deep)))
    content = text.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(content).to_bytes(2, "little") + content + b"\0" * 24


def zipped() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, np.zeros((3, 2)))
    return file.getvalue()


def files() -> st.SearchStrategy[bytes]:
    """The bytes of a file, good or bad."""
    whole = st.one_of(arrays(), numbers()).map(saved)
    others = st.sampled_from([b"", zipped(), pickle.dumps([1.0, 2.0]), b"1,2,3\n", b"\x93NUMPY"])
    return st.one_of(whole, liars(), others, whole.flatmap(damaged))
