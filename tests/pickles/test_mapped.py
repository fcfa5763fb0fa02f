"""Large arrays stay in the file: they are views of it, and the same as numpy's own."""

import mmap
import pickle
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError
from evenfuse.pickles.loading import load_pickle
from evenfuse.pickles.reads import MAPPED

LARGE = np.arange(MAPPED // 4 + 1, dtype=np.float32)
CUBE = LARGE[: 512 * 512].reshape(64, 64, 64)


def dumped(folder: Path, value: Any, protocol: int) -> Path:
    path = folder / "data.pkl"
    path.write_bytes(pickle.dumps(value, protocol))
    return path


def is_mapped(array: NDArray[Any]) -> bool:
    base: Any = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    return isinstance(base, memoryview) and isinstance(base.obj, mmap.mmap)


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize(
    "array",
    [
        LARGE,
        np.stack([CUBE, CUBE]),
        np.asfortranarray(np.stack([CUBE, CUBE])),
        LARGE.astype(">f4"),
        LARGE.astype("S8"),
    ],
    ids=["flat", "cube", "fortran", "big-endian", "texts"],
)
def test_a_large_array_is_a_view_with_the_right_numbers(
    tmp_path: Path, array: NDArray[Any], protocol: int
) -> None:
    loaded = load_pickle(dumped(tmp_path, {"a": array, "again": [array]}, protocol))
    assert is_mapped(loaded["a"])
    assert loaded["again"][0] is loaded["a"]
    assert loaded["a"].dtype == array.dtype
    np.testing.assert_array_equal(loaded["a"], array)
    assert loaded["a"].flags.f_contiguous == array.flags.f_contiguous


@pytest.mark.parametrize("protocol", [3, 4, 5])
def test_each_of_many_is_the_same_wherever_it_is_used(tmp_path: Path, protocol: int) -> None:
    arrays = [LARGE + number for number in range(5)]
    first, second = load_pickle(dumped(tmp_path, (arrays, arrays[::-1]), protocol))
    for number, (array, again) in enumerate(zip(first, second[::-1], strict=True)):
        assert array is again
        assert array[0] == number


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_small_arrays_and_old_protocols_are_copies(tmp_path: Path, protocol: int) -> None:
    array = LARGE if protocol < 3 else LARGE[: MAPPED // 4 - 1]
    loaded = load_pickle(dumped(tmp_path, array, protocol))
    assert not is_mapped(loaded)
    np.testing.assert_array_equal(loaded, array)


def test_loading_takes_no_memory_for_them(tmp_path: Path) -> None:
    path = dumped(tmp_path, {"a": np.zeros((64, MAPPED), np.uint8), "few": np.zeros(9)}, 4)
    load_pickle(path)  # what is imported does not count
    tracemalloc.start()
    try:
        load_pickle(path)
        assert tracemalloc.get_traced_memory()[1] < MAPPED
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("protocol", [3, 4, 5])
@pytest.mark.parametrize("lost", [1, 1000, MAPPED])
def test_a_file_that_is_cut_short_is_told(tmp_path: Path, protocol: int, lost: int) -> None:
    path = dumped(tmp_path, {"a": LARGE}, protocol)
    path.write_bytes(path.read_bytes()[:-lost])
    with pytest.raises(EvenfuseError, match="is not a whole pickle"):
        load_pickle(path)


def test_an_empty_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "empty.pkl"
    path.touch()
    with pytest.raises(EvenfuseError, match="is not a whole pickle"):
        load_pickle(path)


def test_large_bytes_that_are_no_array_are_a_view_and_no_key(tmp_path: Path) -> None:
    content = bytes(MAPPED + 1)
    loaded = load_pickle(dumped(tmp_path, {"bytes": content, "few": b"few"}, 4))
    assert (loaded["bytes"] == content, type(loaded["bytes"])) == (True, memoryview)
    assert loaded["few"] == b"few"
    with pytest.raises(EvenfuseError, match="a key that is neither text nor a small number"):
        load_pickle(dumped(tmp_path, {content: 1}, 4))


def test_large_texts_and_bytes_within_a_frame_are_read_as_they_are(tmp_path: Path) -> None:
    text = "é" * MAPPED
    assert load_pickle(dumped(tmp_path, {"text": text}, 4)) == {"text": text}
    inner = pickle.BINBYTES + (MAPPED + 1).to_bytes(4, "little") + bytes(MAPPED + 1) + pickle.STOP
    framed = pickle.PROTO + b"\4" + pickle.FRAME + len(inner).to_bytes(8, "little") + inner
    (tmp_path / "framed.pkl").write_bytes(framed)
    assert load_pickle(tmp_path / "framed.pkl") == bytes(MAPPED + 1)


def test_an_array_of_the_wrong_size_is_refused(tmp_path: Path) -> None:
    content = pickle.dumps(LARGE, 4)
    shape = b"J" + len(LARGE).to_bytes(4, "little")
    assert content.count(shape) == 1
    (tmp_path / "data.pkl").write_bytes(content.replace(shape, b"J\1\0\0\0"))
    with pytest.raises(EvenfuseError, match="the content of an array has the wrong size"):
        load_pickle(tmp_path / "data.pkl")
