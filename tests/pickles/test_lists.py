"""Lists become arrays and texts only as far as the file itself is large."""

import tracemalloc
from typing import Any

import numpy as np
import pytest

from evenfuse.pickles.limits import SPARE
from evenfuse.pickles.lists import as_array, as_texts
from tests.pickles.hostile import nested


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        (([1.5], (2,)), [[1.5], [2]]),
        ([np.ones(2), np.zeros(2)], [[1, 1], [0, 0]]),
        ([np.float32(1), True], [1, 1]),
        ([[0] * 1000] * 3, [[0] * 1000] * 3),
    ],
)
def test_numbers_become_an_array(value: Any, expected: Any) -> None:
    assert as_array(value, 2, 100).tolist() == expected


def test_an_array_stays_itself() -> None:
    array = np.ones((2, 2))
    assert as_array(array, 3, 0) is array


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (nested(1, depth=3, width=400), "repeats its parts so often that it is far larger than"),
        ([np.zeros(10**6, np.int8)] * 1000, "repeats its parts so often that it is far larger"),
        (nested(1, depth=4), "has lists that are nested too deep"),
        (["a" * 10**6, *[0] * 10**5], "holds a str where a number should be"),
        ([np.array(["a" * 1000])], "holds a ndarray where a number should be"),
        ([[1], [1, 2]], "has rows of unequal length"),
        ({"a": 1}, "is not an array but a dict"),
        (b"123", "is not an array but a bytes"),
        (None, "is not an array but a NoneType"),
    ],
)
def test_what_cannot_become_an_array_is_told_in_little_memory(value: Any, told: str) -> None:
    tracemalloc.start()
    with pytest.raises(ValueError, match=told):
        as_array(value, 3, 1000)
    memory = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert memory < 1 << 22


def test_a_list_of_itself_ends() -> None:
    value: list[Any] = []
    value += [value, value]
    with pytest.raises(ValueError, match="nested too deep"):
        as_array(value, 3, 1000)


def test_what_the_file_holds_is_never_too_large() -> None:
    size = SPARE // 8 + 1000
    assert as_array([1] * size, 1, size).shape == (size,)
    with pytest.raises(ValueError, match="repeats its parts"):
        as_array([1] * size, 1, 999)


@pytest.mark.parametrize(
    "value",
    [
        ["a", "b"],
        ("a", "b"),
        np.array(["a", "b"]),
        np.array([["a"], ["b"]]),
        np.array(["a", "b"], dtype=object),
        np.array([b"a", b"b"]),
        [b"a", "b"],
        [["a"], ("b",)],
        [np.array(["a"]), np.array([b"b"])],
    ],
)
def test_texts_are_plain(value: Any) -> None:
    assert as_texts(value, 10) == ["a", "b"]
    assert {type(text) for text in as_texts(value, 10)} == {str}


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (["a" * 2**20] * 17, "repeats its texts so often that they are far larger than the file"),
        (["a", b"\xff"], "holds bytes that are not UTF-8 for segment 1"),
        (["a", 1], "should be texts, but holds a int for segment 1"),
        ([["a"], ["a", "1.0", "2.0"]], "but holds a list of 3 entries for segment 1"),
        ([[["a"]]], "but holds a list of 1 entries for segment 0"),
        (np.array([["a", "b"]]), r"is not a list of texts but an array \(1, 2\)"),
        ("ab", "is not a list of texts but a str"),
    ],
)
def test_what_is_no_list_of_texts_is_told(value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        as_texts(value, 100)
