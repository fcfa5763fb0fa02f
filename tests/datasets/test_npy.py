"""A .npy file: what is read of it, and what is told of one that cannot be used."""

from pathlib import Path

import numpy as np
import pytest

from evenfuse.datasets.npy import read_npy
from evenfuse.errors import EvenfuseError
from tests.datasets.any_input import in_little_memory, one_sentence
from tests.datasets.any_npy import saved, zipped

NUMBERS = np.arange(6.0).reshape(3, 2)


def header(text: str) -> bytes:
    content = text.encode() + b"\n"
    return b"\x93NUMPY\1\0" + len(content).to_bytes(2, "little") + content


def promising(shape: object, kind: str = "<f8") -> bytes:
    return header(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}}}")


@pytest.mark.parametrize("kind", ["?", "i1", ">i4", "f2", "f4", ">f8", "g"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_numbers_of_every_kind_are_read(tmp_path: Path, kind: str, order: str) -> None:
    array = np.asarray(NUMBERS.astype(kind), order=order)  # type: ignore[call-overload]
    (tmp_path / "a.npy").write_bytes(saved(array))
    read = read_npy(tmp_path / "a.npy")
    assert read.dtype == np.float32
    assert read.tolist() == array.astype(np.float32).tolist()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is not a .npy file of numbers"),
        (zipped(), "is not a .npy file of numbers"),
        (saved(NUMBERS)[:-1], "is not a .npy file of numbers"),
        (saved(NUMBERS) + b"x", "has more bytes than (3, 2) of float64 take up"),
        (saved(NUMBERS.astype(object)), "is not a .npy file of numbers"),
        (saved(NUMBERS.astype("c8")), "should hold plain numbers, but holds complex64"),
        (saved(NUMBERS.astype("M8[s]")), "should hold plain numbers, but holds datetime64[s]"),
        (saved(NUMBERS.astype("S3")), "should hold plain numbers, but holds |S3"),
        (saved(NUMBERS[0]), "should be (time, feature) with a row, but is (2,)"),
        (saved(NUMBERS[:0]), "should be (time, feature) with a row, but is (0, 2)"),
        (saved(NUMBERS[:, :0]), "should be (time, feature) with a row, but is (3, 0)"),
        (saved(NUMBERS[None]), "should be (time, feature) with a row, but is (1, 3, 2)"),
        (promising((2**40, 8)), "is not a .npy file of numbers"),
        (promising((2**62, 4)), "is not a .npy file of numbers"),
        (promising((-1, 2)), "is not a .npy file of numbers"),
        (promising((3, 2), "no kind"), "is not a .npy file of numbers"),
        (header("-" * 5000 + "1"), "is not a .npy file of numbers"),
        (header("(" * 5000), "is not a .npy file of numbers"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(content)
    with in_little_memory(), pytest.raises(EvenfuseError) as caught:
        read_npy(path)
    assert one_sentence(str(caught.value)).startswith(f"{path} {told}")


@pytest.mark.parametrize("shape", [(2**20, 2**10), (2**23, 1)])
def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, shape: tuple[int, int]) -> None:
    path = tmp_path / "a.npy"
    path.write_bytes(promising(shape, "|i1"))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + shape[0] * shape[1])
    with in_little_memory(), pytest.raises(EvenfuseError, match="may have 4194304 rows"):
        read_npy(path)
