"""Pickles: data comes back as it was, everything else is named and not run."""

import collections
import os
import pickle
import struct
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy._core import multiarray

from evenfuse.errors import EvenfuseError
from evenfuse.storage.pickles import load_pickle

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
OLD = sorted(Path(__file__).parent.glob("data/*.pkl"))
DTYPES = ["?", "i1", "u2", "<i4", ">i8", "f2", "<f4", ">f8", "c8", "S3", "U4"]


class Call:
    """Pickles as a call of a function, with a state to be set on what it returns."""

    def __init__(self, function: Callable[..., Any], *arguments: Any, state: Any = None):
        self.parts = (function, arguments, state)

    def __reduce__(self) -> tuple[Any, ...]:
        return self.parts


def loaded(folder: Path, content: bytes) -> Any:
    (folder / "data.pkl").write_bytes(content)
    return load_pickle(folder / "data.pkl")


def sentence(folder: Path, content: bytes) -> str:
    with pytest.raises(EvenfuseError) as caught:
        loaded(folder, content)
    assert str(caught.value).startswith(f"{folder / 'data.pkl'} ")
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / 'data.pkl'} ")


def refused(wants: str) -> str:
    return f"wants {wants}, which a data file has no business with; do not use it"


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
        assert told.startswith("wants to run ") and name.split(".")[-1] in told
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
        ("evenfuse.storage.pickles", "load_pickle"),
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
    wants = operation if " " in operation else f"to use the pickle operation {operation}"
    assert sentence(tmp_path, content) == refused(wants)


DANGEROUS: dict[str, tuple[Any, str]] = {
    "pickle in a scalar": (
        Call(multiarray.scalar, np.dtype("O"), pickle.dumps([1])),
        "to read an object from plain bytes",
    ),
    "objects in a buffer": (
        Call(np._core.numeric._frombuffer, b"12345678", np.dtype("O"), (1,), "C"),  # type: ignore[attr-defined]
        "to read an object from plain bytes",
    ),
    "structured dtype": (Call(np.dtype, "V8"), "to make the dtype 'V8'"),
    "dtype of fields": (Call(np.dtype, [("a", "O")]), "to make the dtype [('a', 'O')]"),
    "dtype by import": (Call(np.dtype, "f8,O"), "to make the dtype 'f8,O'"),
    "state of a dtype": (
        Call(np.dtype, "O8", state=(3, "|", None, ("a",), {"a": 1}, 8, 1, 0)),
        "to make a dtype of its own",
    ),
    "state of a list": (Call(list, state={"a": 1}), "to run "),
    "call of a text": (b"S'a'\n)R.", "to call a str"),
    "call of the array's name": (b"cnumpy\nndarray\n)R.", "to call a str"),
    "state of a function": (b"c_codecs\nencode\n}b.", "to set the insides of a function"),
    "codec": (b"c_codecs\nencode\n(S'a'\nS'rot13'\ntR.", "to use the codec 'rot13'"),
    "array of another kind": (
        Call(multiarray._reconstruct, "matrix", (0,), b"b"),
        "to make an array of the kind 'matrix'",
    ),
    "array without a dtype": (
        Call(multiarray._reconstruct, np.ndarray, (0,), b"b", state=(1, (1,), "O", False, [1])),
        "to use 'O' as a dtype",
    ),
}


@pytest.mark.parametrize("case", DANGEROUS.values(), ids=DANGEROUS)
def test_dangerous_arguments_are_refused(tmp_path: Path, case: tuple[Any, str]) -> None:
    content, wants = case
    raw = content if isinstance(content, bytes) else pickle.dumps(content, 2)
    assert sentence(tmp_path, raw).startswith(f"wants {wants}")


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
def test_damage_is_told(tmp_path: Path, content: bytes) -> None:
    told = sentence(tmp_path, content)
    assert told.startswith("is not a whole pickle (") and told.endswith("; fetch it again")


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
    ("content", "wants"),
    [
        (b"})" + b"\x85" * 10**6 + b"Ns.", "to use a tuple as a key"),
        (b"}()" + b"\x85" * 10**6 + b"Nu.", "to use a tuple as a key"),
        (b"()" + b"\x85" * 10**6 + b"Nd.", "to use a tuple as a key"),
        (NUMPY + b"N" + new_array_of_memo(9) * 10**5 + b".", "to put an array of objects into "),
        (NUMPY + b"N" + new_array_of_memo(9) + b"K\x00Ns.", "to set an entry of a ndarray"),
        (NUMPY + b"N" + new_array_of_memo(9) + b"(K\x00Nu.", "to set an entry of a ndarray"),
    ],
    ids=["key", "keys", "dict", "arrays", "entry of an array", "entries of an array"],
)
def test_nests_that_crash_python_are_refused(tmp_path: Path, content: bytes, wants: str) -> None:
    assert sentence(tmp_path, content).startswith(f"wants {wants}")


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


def test_a_cut_anywhere_is_told(tmp_path: Path) -> None:
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


def test_missing_files_and_folders_are_told(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match=f"there is no file {tmp_path / 'none.pkl'}"):
        load_pickle(tmp_path / "none.pkl")
    with pytest.raises(EvenfuseError, match="cannot be read"):
        load_pickle(tmp_path)
