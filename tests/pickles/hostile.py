"""Small pickles that are made to fill the memory, to take forever, or to crash Python."""

import pickle
import struct
from typing import Any

import numpy as np

from tests.pickles.pickled import Call

NUMPY = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x010cnumpy\nndarray\nq\x020"
OBJECTS = b"cnumpy\ndtype\nU\x01O\x85Rq\x030"
BYTES = b"cnumpy\ndtype\nU\x02u1\x85Rq\x030"
NEW = b"h\x01h\x02K\x00\x85U\x01b\x87R"
PRIME = 2**61 - 1  # a number and its sum with this have the same hash


def four(number: int) -> bytes:
    return struct.pack("<I", number)


def megabyte(operation: bytes) -> bytes:
    """A megabyte of bytes or text, remembered at place 5."""
    return operation + four(1 << 20) + bytes(1 << 20) + b"q\x050"


def nested(start: Any, depth: int = 12, width: int = 40) -> Any:
    """Lists of one list, over and over: a few bytes each; as an array, width to the depth."""
    value = start
    for _ in range(depth):
        value = [value] * width
    return value


def outermost_first(number: int) -> bytes:
    """Make new arrays of objects, each filled with the one after it."""
    new = b"".join(NEW + b"r" + four(n + 9) for n in range(number))
    fill = b"".join(
        b"j" + four(n + 9) + b"(K\x01K\x01\x85h\x03\x89]j" + four(n + 10) + b"atb"
        for n in range(number - 1)
    )
    return NUMPY + OBJECTS + b"(" + new + fill + b"t."


def keys_of_one_hash(number: int) -> bytes:
    """A dict that compares each key with all others."""
    keys = [pickle.encode_long((n + 1) * PRIME) for n in range(number)]
    entries = b"".join(b"\x8a" + bytes([len(key)]) + key + b"N" for key in keys)
    return b"\x80\x02}(" + entries + b"u."


def places_of_one_hash(number: int) -> bytes:
    """Values remembered at places that have the same hash."""
    return b"".join(b"Np%d\n0" % ((n + 1) * PRIME) for n in range(number)) + b"N."


def huge_shape() -> bytes:
    """An array with 500 axes, each a number of a million digits."""
    size = pickle.encode_long(1 << (8 << 20))
    first = b"\x8b" + four(len(size)) + size + b"r" + four(99)
    shape = b"(" + first + (b"j" + four(99)) * 499 + b"t"
    return NUMPY + OBJECTS + NEW + b"(K\x01" + shape + b"h\x03\x89]tb."


COPY = b"_codecs\nencode\nq\x010U\x06latin1q\x020("
SCALAR = b"\x80\x02cnumpy.core.multiarray\nscalar\nq\x010cnumpy\ndtype\nU\x08S1048576\x85Rq\x030"
FILLED = NEW + b"(K\x01J\x00\x00\x10\x00\x85h\x03\x89h\x05tb"
NO_DATA = "which no data file needs; do not use it"
REPEATS = f"tries to copy the same bytes again and again, {NO_DATA}"

HOSTILE = {
    "text copied": (
        megabyte(b"X") + b"c" + COPY + b"h\x01h\x05h\x02\x86R" * 5000 + b"l.",
        REPEATS,
    ),
    "arrays copied": (NUMPY + BYTES + megabyte(b"B") + b"(" + FILLED * 5000 + b"l.", REPEATS),
    "scalars copied": (
        SCALAR + megabyte(b"B") + b"(" + b"h\x01h\x03h\x05\x86R" * 5000 + b"l.",
        REPEATS,
    ),
    "arrays, outermost first": (
        outermost_first(100_000),
        f"tries to put an array of objects into another, {NO_DATA}",
    ),
    "keys of one hash": (
        keys_of_one_hash(60_000),
        f"tries to use a key that is neither text nor a small number, {NO_DATA}",
    ),
    "places of one hash": (
        places_of_one_hash(60_000),
        "is not a whole pickle (ValueError: a value is to be remembered at an impossible place); "
        "delete it and fetch it again",
    ),
    "huge shape": (
        huge_shape(),
        "is not a whole pickle (ValueError: the shape of an array is not a tuple of sizes); "
        "delete it and fetch it again",
    ),
    "endless dtype": (
        pickle.dumps(Call(np.dtype, nested("x")), 2),
        f"tries to make a dtype of a list, {NO_DATA}",
    ),
    "endless codec": (
        b"c" + COPY + b"0h\x01N(" + pickle.dumps(nested("x"), 2)[2:-1] + b"t\x86R.",
        f"tries to use a tuple as a codec, {NO_DATA}",
    ),
    "two pickles": (
        pickle.dumps(1) + pickle.dumps(2),
        "is not a whole pickle (ValueError: the file goes on after the end of its pickle); "
        "delete it and fetch it again",
    ),
}
"""Name -> a pickle, and what is told of it."""

GREEDY = {
    "lists": b"]",
    "dicts": b"}",
    "dicts, remembered": b"}\x94",
    "marks": b"(",
    "small numbers, remembered": b"K\x05\x94",
    "references": b"h\x05",
    "copies": b"2",
}
"""Name -> operations that, repeated, fill the memory fastest."""
