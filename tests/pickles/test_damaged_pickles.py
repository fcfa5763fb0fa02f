"""Pickles that are cut, damaged or made to break their reader."""

import pickle
import struct
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core import multiarray

from evenfuse.errors import EvenfuseError
from evenfuse.pickles.loading import load_pickle
from tests.pickles.pickled import OLD, Call, loaded, refused, sentence


def array_state(shape: Any, code: str, content: Any) -> bytes:
    state = (1, shape, np.dtype(code), False, content)
    return pickle.dumps(Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=state), 4)


DAMAGED = {
    "empty": b"",
    "text": b"hello",
    "page": b"<!DOCTYPE html>",
    "zeros": bytes(100),
    "no end": b"\x80\x04",
    "nothing on the stack": b".",
    "unknown memo": b"h\x05.",
    "unknown protocol": b"\x80\x63N.",
    "terabytes of bytes": b"\x80\x04\x8e" + struct.pack("<Q", 2**45) + b"ab",
    "terabytes of text": b"\x80\x04\x8d" + struct.pack("<Q", 2**45) + b"ab",
    "terabytes of bytearray": b"\x80\x05\x96" + struct.pack("<Q", 2**45) + b"ab",
    "terabytes of frame": b"\x80\x04\x95" + struct.pack("<Q", 2**45) + b"ab",
    "too large a shape": array_state((2**45,), "f8", b"12345678"),
    "too small a shape": array_state((1,), "f4", b"12345678"),
    "negative shape": array_state((-1, -1), "f8", b"12345678"),
    "shape of texts": array_state(("a",), "f8", b"12345678"),
    "bytes as objects": array_state((1,), "O", b"12345678"),
    "too many objects": array_state((1,), "O", [1, 2]),
    "too few objects": array_state((2**45,), "O", [1, 2]),
    "nothing, often": array_state((2**45,), "S0", b""),
    "state cut": pickle.dumps(
        Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=(1, (1,))), 4
    ),
    "long scalar": pickle.dumps(Call(multiarray.scalar, np.dtype("f8"), b"1234"), 4),
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_damage_is_reported(tmp_path: Path, content: bytes) -> None:
    told = sentence(tmp_path, content)
    assert told.startswith("is not a whole pickle (") and told.endswith(
        "; delete it and fetch it again"
    )


@pytest.mark.parametrize(
    "start", [b"\x80\x04\x8e", b"\x80\x04\x8d", b"\x80\x05\x96", b"\x80\x04\x95"]
)
def test_memory_is_set_aside_for_what_is_there_only(tmp_path: Path, start: bytes) -> None:
    tracemalloc.start()
    told = sentence(tmp_path, start + struct.pack("<Q", 2**28) + bytes(100))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "the file ends too early" in told
    assert peak < 2**24


def new_array_of_memo(index: int) -> bytes:
    """Wrap what is on top of the stack into an array of objects, by numpy's names in the memo."""
    put, get = b"q" + bytes([index]), b"h" + bytes([index])
    fresh = b"h\x01h\x02K\x00\x85U\x01b\x87R"
    return put + b"0" + fresh + b"(K\x01K\x01\x85h\x03\x89]" + get + b"atb"


NUMPY = b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x010cnumpy\nndarray\nq\x020"
NUMPY += b"cnumpy\ndtype\nU\x01O\x85Rq\x030"


@pytest.mark.parametrize(
    ("content", "tries"),
    [
        (b"})" + b"\x85" * 10**6 + b"Ns.", "to use a key that is neither text nor "),
        (b"}()" + b"\x85" * 10**6 + b"Nu.", "to use a key that is neither text nor "),
        (b"()" + b"\x85" * 10**6 + b"Nd.", "to use a key that is neither text nor "),
        (NUMPY + b"N" + new_array_of_memo(9) * 10**5 + b".", "to put an array of objects into "),
        (NUMPY + b"N" + new_array_of_memo(9) + b"K\x00Ns.", "to set an entry of a ndarray"),
        (NUMPY + b"N" + new_array_of_memo(9) + b"(K\x00Nu.", "to set an entry of a ndarray"),
    ],
    ids=["key", "keys", "dict", "arrays", "entry of an array", "entries of an array"],
)
def test_nests_that_crash_python_are_refused(tmp_path: Path, content: bytes, tries: str) -> None:
    assert sentence(tmp_path, content).startswith(f"tries {tries}")


def test_deep_nests_that_do_not_crash_are_read(tmp_path: Path) -> None:
    loaded(tmp_path, b"\x80\x02" + b"]" * 10**5 + b"a" * (10**5 - 1) + b".")
    array = loaded(tmp_path, NUMPY + b"N" + new_array_of_memo(9) + b".")
    assert array.tolist() == [None]


def test_an_array_is_filled_once(tmp_path: Path) -> None:
    state = (1, (1,), np.dtype("f8"), False, b"12345678")
    once = pickle.dumps(Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=state), 2)
    assert loaded(tmp_path, once).shape == (1,)
    twice = once[:-1] + pickle.dumps(state, 2)[2:-1] + b"b."
    assert sentence(tmp_path, twice) == refused("to fill an array twice")


def test_a_cut_anywhere_is_reported(tmp_path: Path) -> None:
    whole = OLD[-1].read_bytes()
    for length in range(len(whole)):
        assert sentence(tmp_path, whole[:length]).startswith("is not a whole pickle (")


def test_random_damage_never_gets_through(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for path in OLD:
        for _ in range(300):
            content = bytearray(path.read_bytes())
            for place in rng.integers(0, len(content), 3):
                content[place] = rng.integers(256)
            try:
                loaded(tmp_path, bytes(content))
            except EvenfuseError as error:
                assert "\n" not in str(error)


def test_missing_files_and_folders_are_reported(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match=f"there is no file {tmp_path / 'none.pkl'}"):
        load_pickle(tmp_path / "none.pkl")
    with pytest.raises(EvenfuseError, match="is not a file but a folder"):
        load_pickle(tmp_path)
