"""Pickles: data comes back as it was, everything else is named and not run."""

import collections
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core import multiarray

from evenfuse.pickles.loading import load_pickle
from tests.pickles.pickled import OLD, Call, loaded, refused, sentence

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
DTYPES = ["?", "i1", "u2", "<i4", ">i8", "f2", "<f4", ">f8", "c8", "S3", "U4"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_plain_data_comes_back(tmp_path: Path, protocol: int) -> None:
    shared = [1, -(2**70), 0.5, float("inf"), True, None]
    data = {"a": shared, 3: (shared, (), ("x",)), "ü": "日本\n", "b": b"\xff\0", "e": b"", "d": {}}
    read = loaded(tmp_path, pickle.dumps(data, protocol))
    assert read == data
    assert read["a"] is read[3][0]


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("code", DTYPES)
def test_arrays_and_scalars_come_back(tmp_path: Path, protocol: int, code: str) -> None:
    whole = np.arange(24).reshape(2, 3, 4).astype(code)
    for array in (whole, np.asfortranarray(whole), whole.T, whole[:0], whole[0, 0, 0]):
        read = loaded(tmp_path, pickle.dumps(array, protocol))
        assert type(read) is type(array)
        assert read.dtype.newbyteorder("=") == array.dtype.newbyteorder("=")
        np.testing.assert_array_equal(read, array)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_object_arrays_come_back(tmp_path: Path, protocol: int) -> None:
    array = np.array([["a", None], [np.float32(2), np.arange(3)]], dtype=object)
    read = loaded(tmp_path, pickle.dumps(array, protocol))
    assert read.shape == (2, 2) and read[0].tolist() == ["a", None]
    assert read[1, 0] == 2 and read[1, 1].tolist() == [0, 1, 2]
    assert loaded(tmp_path, pickle.dumps(np.str_(""), protocol)) == ""


@pytest.mark.parametrize("path", OLD, ids=lambda path: path.stem)
def test_what_numpy_1_wrote_is_read(path: Path) -> None:
    assert b"numpy.core" in path.read_bytes() and b"_core" not in path.read_bytes()
    read = load_pickle(path)["train"]
    assert read["audio"].dtype == np.float32
    np.testing.assert_array_equal(read["audio"], np.arange(12).reshape(2, 3, 2))
    np.testing.assert_array_equal(read["vision"], np.arange(6).reshape(3, 2))
    assert read["raw_text"].tolist() == ["so good", "不错"]
    assert read["annotations"].tolist() == ["Positive", None]
    assert (read["id"], read["audio_lengths"]) == (["a$_$1", "a$_$2"], [3, 1])
    assert read["regression_labels"].tolist() == [1.5, -0.5]
    assert read["big_endian"].tolist() == [1.0, 2.0]
    assert (read["one"], read["name"]) == (0.25, "é")
    assert read["flags"].tolist() == [True, False]


def test_numpy_1_files_are_there() -> None:
    assert len(OLD) == 3


def touch(canary: Path) -> dict[str, Call]:
    """Name -> something that would make the canary if it were run."""
    code = f"open({str(canary)!r}, 'w')"
    return {
        f"{os.system.__module__}.system": Call(os.system, f"touch {canary}"),
        "eval": Call(eval, code),
        "exec": Call(exec, code),
        "getattr": Call(getattr, canary, "touch"),
        "open": Call(open, str(canary), "w"),
        "import": Call(__import__, "os"),
        "OrderedDict": Call(collections.OrderedDict),
    }


HIDDEN: dict[str, Callable[[Any], Any]] = {
    "plain": lambda bad: bad,
    "deep in a dict": lambda bad: {"train": [{"id": ["a"], "x": ({"y": [bad]},)}]},
    "as a key": lambda bad: {bad: 1},
    "as a part of a key": lambda bad: {(1, bad): 1},
    "in an object array": lambda bad: np.array([[None, bad]], dtype=object),
    "as an argument of numpy's": lambda bad: Call(multiarray._reconstruct, np.ndarray, bad, b"b"),
    "as the kind of array": lambda bad: Call(multiarray._reconstruct, bad, (0,), b"b"),
    "as a state": lambda bad: Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=bad),
    "as a scalar": lambda bad: Call(multiarray.scalar, np.dtype("O"), bad),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("hide", HIDDEN.values(), ids=HIDDEN)
def test_nothing_runs(tmp_path: Path, hide: Callable[[Any], Any], protocol: int) -> None:
    canary = tmp_path / "canary"
    for name, bad in touch(canary).items():
        told = sentence(tmp_path, pickle.dumps(hide(bad), protocol))
        assert told.startswith("tries to run ") and name.split(".")[-1] in told
    assert not canary.exists()


def test_the_canary_would_sing(tmp_path: Path) -> None:
    for name in (f"{os.system.__module__}.system", "eval", "exec", "open"):
        pickle.loads(pickle.dumps(touch(tmp_path / name)[name]))
        assert (tmp_path / name).exists()


def test_the_sentence(tmp_path: Path) -> None:
    told = sentence(tmp_path, b"cos\nsystem\n(S'true'\ntR.")
    assert told == refused("to run os.system")


def stack_global(module: str, name: str) -> bytes:
    parts = [b"\x8c" + bytes([len(text.encode())]) + text.encode() for text in (module, name)]
    return b"\x80\x04" + parts[0] + parts[1] + b"\x93"


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("builtins", "eval.__call__"),
        ("builtins", "eval"),
        ("numpy", "ndarray.__reduce__.__class__"),
        ("numpy._core.multiarray", "_reconstruct.__globals__"),
        ("numpy.core.multiarray", "scalar.__self__"),
        ("numpy", "dtype.__class__"),
        ("numpy", "load"),
        ("numpy", "fromfile"),
        ("numpy", "memmap"),
        ("numpy.core", "multiarray.scalar"),
        ("numpy.testing._private.utils", "runstring"),
        ("copyreg", "_reconstructor"),
        ("copy_reg", "_reconstructor"),
        ("copyreg", "__newobj__"),
        ("_codecs", "decode"),
        ("functools", "partial"),
        ("pickle", "loads"),
        ("evenfuse.pickles.loading", "load_pickle"),
        ("builtins", "bytearray"),
    ],
)
def test_names_that_are_not_on_the_list(tmp_path: Path, module: str, name: str) -> None:
    told = refused(f"to run {module}.{name}")
    assert sentence(tmp_path, stack_global(module, name) + b")R.") == told
    assert sentence(tmp_path, f"c{module}\n{name}\n.".encode()) == told


def test_names_cannot_write_on_the_terminal(tmp_path: Path) -> None:
    told = sentence(tmp_path, stack_global("os\x1b[2J\n", "sys\u202etem") + b".")
    assert told == refused(r"to run os\x1b[2J\n.sys\u202etem")


@pytest.mark.parametrize(
    ("content", "operation"),
    [
        (b"Pname\n.", "PERSID"),
        (b"\x8c\x01aQ.", "BINPERSID"),
        (b"\x80\x02\x82\x01.", "EXT1"),
        (b"\x80\x02\x83\x01\x00.", "EXT2"),
        (b"\x80\x02\x84\x01\x00\x00\x00.", "EXT4"),
        (b"(S'true'\nios\nsystem\n.", "INST"),
        (b"(cos\nsystem\nS'true'\no.", "to run os.system"),
        (b"(S'a'\nS'b'\no.", "OBJ"),
        (b"N)\x81.", "NEWOBJ"),
        (b"N)}\x92.", "NEWOBJ_EX"),
        (b"\x80\x05\x97.", "NEXT_BUFFER"),
        (b"\x80\x04\x8f.", "EMPTY_SET"),
    ],
)
def test_operations_that_are_not_on_the_list(
    tmp_path: Path, content: bytes, operation: str
) -> None:
    tries = operation if " " in operation else f"to use the pickle operation {operation}"
    assert sentence(tmp_path, content) == refused(tries)


DANGEROUS: dict[str, tuple[Any, str]] = {
    "pickle in a scalar": (
        Call(multiarray.scalar, np.dtype("O"), pickle.dumps([1])),
        "to read an object from plain bytes",
    ),
    "objects in a buffer": (
        Call(np._core.numeric._frombuffer, b"12345678", np.dtype("O"), (1,), "C"),  # type: ignore[attr-defined]
        "to read an object from plain bytes",
    ),
    "structured dtype": (Call(np.dtype, "V8"), "to make a dtype of 'V8'"),
    "dtype of fields": (Call(np.dtype, [("a", "O")]), "to make a dtype of a list"),
    "dtype by import": (Call(np.dtype, "f8,O"), "to make a dtype of 'f8,O'"),
    "state of a dtype": (
        Call(np.dtype, "O8", state=(3, "|", None, ("a",), {"a": 1}, 8, 1, 0)),
        "to define a dtype of its own",
    ),
    "state of a list": (Call(list, state={"a": 1}), "to run "),
    "call of a text": (b"S'a'\n)R.", "to call a str"),
    "call of the array's name": (b"cnumpy\nndarray\n)R.", "to call a str"),
    "state of a function": (b"c_codecs\nencode\n}b.", "to set the state of a method"),
    "codec": (b"c_codecs\nencode\n(S'a'\nS'rot13'\ntR.", "to use 'rot13' as a codec"),
    "array of another kind": (
        Call(multiarray._reconstruct, "matrix", (0,), b"b"),
        "to use 'matrix' as the kind of an array",
    ),
    "array without a dtype": (
        Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=(1, (1,), "O", False, [1])),
        "to use 'O' as a dtype",
    ),
}


@pytest.mark.parametrize("case", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_arguments_are_refused(tmp_path: Path, case: tuple[Any, str]) -> None:
    content, tries = case
    raw = content if isinstance(content, bytes) else pickle.dumps(content, 2)
    assert sentence(tmp_path, raw).startswith(f"tries {tries}")
