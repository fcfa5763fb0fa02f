"""What an HDF5 file can do to a program that reads it, and does not do here."""

import zlib
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from evenfuse.datasets.csd_file import CsdFile
from evenfuse.errors import EvenfuseError
from tests.datasets.any_input import in_little_memory, in_time, one_sentence

TIMES = np.array([[0.0, 1.0], [1.0, 2.0]])
PLACE = "a/data/v/features"
Damage = Callable[[h5py.File], object]


def written(path: Path, damage: Damage) -> Path:
    with h5py.File(path, "w") as file:
        file["a/data/v/intervals"] = TIMES
        damage(file)
    return path


def link(target: object) -> Damage:
    return lambda file: file.__setitem__(PLACE, target)


def dataset(*arguments: object, **options: object) -> Damage:
    return lambda file: file.create_dataset(PLACE, *arguments, **options)


def map_elsewhere(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((2, 2), "f8")
    layout[:] = h5py.VirtualSource("secret.h5", "numbers", (2, 2))
    file.create_virtual_dataset(PLACE, layout)


def gzip_twice(file: h5py.File) -> None:
    layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    layout.set_chunk((2, 2))
    layout.set_deflate(9)
    layout.set_deflate(9)
    file.create_dataset(PLACE, data=np.ones((2, 2)), dcpl=layout)


def leave_a_chunk_out(file: h5py.File) -> None:
    values = file.create_dataset(PLACE, (2, 2), "f8", chunks=(1, 2))
    values[0] = 1.0


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (link(h5py.SoftLink("/a/data/v/intervals")), "is a link to another place"),
        (link(h5py.ExternalLink("secret.h5", "/numbers")), "is a link to another place"),
        (map_elsewhere, "has its values in other files"),
        (dataset((2, 2), "f8", external=[("secret.h5", 0, 32)]), "has its values in other files"),
        (dataset((2, 2**28), "f8", chunks=(1, 2**20)), "may have 4194304 rows and 536870912 bytes"),
        (dataset((2**23, 1), "i1"), "may have 4194304 rows"),
        (dataset((2, 2), "f8"), r"is \(2, 2\), but has no values"),
        (dataset((2, 2), "f8", chunks=(2**14, 2**13), maxshape=(None, None)), "no values"),
        (leave_a_chunk_out, "has only 1 of its 2 chunks"),
        (dataset(data=np.ones((2, 2**17)), chunks=(1, 1)), "is in 262144 chunks"),
        (dataset(data=np.ones((2, 2)), compression="lzf"), "compressed in a way that is not read"),
        (gzip_twice, "compressed in a way that is not read"),
        (dataset(data=np.ones((2, 2), "c8")), "holds complex64, neither plain numbers nor texts"),
        (dataset(data=np.zeros(2, [("a", "f4")])), "neither plain numbers nor texts"),
        (dataset(data=h5py.Empty("f4")), "is not an array"),
        (lambda file: file.create_group(PLACE), "is not an array"),
        (lambda file: None, "'features' is missing"),
    ],
)
def test_what_is_not_read_is_told(tmp_path: Path, damage: Damage, told: str) -> None:
    with h5py.File(tmp_path / "secret.h5", "w") as file:
        file["numbers"] = TIMES
    file = CsdFile(written(tmp_path / "a.csd", damage))
    with in_little_memory(), pytest.raises(EvenfuseError, match=told) as caught:
        file.read("v")
    assert one_sentence(str(caught.value)).startswith(f"{tmp_path}/a.csd: video 'v' cannot be read")


@pytest.mark.parametrize("packed", [True, False])
def test_a_chunk_that_swells_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packed: bool
) -> None:
    """HDF5 unpacks all that a chunk holds, whatever its size says."""
    monkeypatch.setattr("evenfuse.datasets.chunks.LARGEST", 1 << 20)
    values = np.random.default_rng(0).random((2, 1024))

    def write(file: h5py.File) -> None:
        made = file.create_dataset(PLACE, (2, 1024), "f8", chunks=(2, 1024), compression="gzip")
        content = values.tobytes() + bytes(0 if packed else 10_000_000)
        made.id.write_direct_chunk((0, 0), zlib.compress(content))

    file = CsdFile(written(tmp_path / "a.csd", write))
    if packed:
        np.testing.assert_array_equal(file.read("v").features, values)
    else:
        with pytest.raises(EvenfuseError, match="'features' unpacks to more than its size"):
            file.read("v")


def test_one_text_of_many_rows_is_not_read_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, rows = tmp_path / "a.csd", 1000
    texts = np.array([b"x" * 50_000] + [b"y"] * (rows - 1), dtype=object)
    with h5py.File(path, "w") as file:
        file["a/data/v/intervals"] = np.tile(TIMES, (rows // 2, 1))
        place = file.create_dataset(PLACE, data=texts, dtype=h5py.string_dtype()).id.get_offset()
    content = bytearray(path.read_bytes())
    content[place : place + 16 * rows] = content[place : place + 16] * rows
    path.write_bytes(content)
    monkeypatch.setattr("evenfuse.datasets.hdf5.LARGEST", 1 << 20)
    with pytest.raises(EvenfuseError, match="'features' has texts of more than 1048576 bytes"):
        CsdFile(path).read("v")


@pytest.mark.parametrize("size", [0, 2**64 - 16])
def test_a_heap_without_an_end_is_refused(tmp_path: Path, size: int) -> None:
    """HDF5 2.0 steps through it for ever."""
    path = written(tmp_path / "a.csd", dataset(data=["so", "good"]))
    content = bytearray(path.read_bytes())
    first = content.index(b"GCOL\1") + 16
    content[first : first + 2] = bytes(2) if size == 0 else b"\1\0"
    content[first + 8 : first + 16] = size.to_bytes(8, "little")
    path.write_bytes(content)
    with in_time(), pytest.raises(EvenfuseError, match=r"the heap at byte .* is damaged"):
        CsdFile(path).read("v")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda file: file.create_group("b"), "it should have one sequence, but has 2"),
        (lambda file: file["a/data"].create_group(b"\xff"), "has characters that cannot be shown"),
        (lambda file: file["a/data"].create_group("x\ny"), "has characters that cannot be shown"),
        (lambda file: file.__setitem__("a/data", h5py.SoftLink("/x")), "is a link to another"),
    ],
)
def test_names_and_groups_that_are_wrong_are_told(
    tmp_path: Path, damage: Damage, told: str
) -> None:
    def without_data(file: h5py.File) -> None:
        if "link" in told:
            del file["a/data"]
        damage(file)

    with pytest.raises(EvenfuseError, match=told) as caught:
        CsdFile(written(tmp_path / "a.csd", without_data))
    one_sentence(str(caught.value))
