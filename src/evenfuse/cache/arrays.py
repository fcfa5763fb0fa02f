"""Arrays that grow while they are made, and become one HDF5 file with a checksum for each.

Rows are appended to an unnamed temporary file per array, by ordinary writes, so that memory stays
small and a full disk is an ordinary error; HDF5 itself crashes where a disk fills up under a
growing dataset. At the end HDF5 lays out contiguous datasets of the final sizes, the content is
copied into their places, and each dataset's attribute ``crc32`` holds the CRC-32 of its bytes.
"""

import shutil
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError

BLOCK = 1 << 20  # bytes that are copied at a time


class _GrowingArray:
    """Rows of one shape and kind, in a temporary file that goes when this object goes."""

    def __init__(self, name: str, folder: Path, first: NDArray[Any]):
        self.name, self.dtype, self.row_shape = name, first.dtype, first.shape[1:]
        self.rows, self.checksum = 0, 0
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def append(self, rows: NDArray[Any]) -> None:
        if rows.dtype != self.dtype or rows.shape[1:] != self.row_shape:
            was, now = f"{self.dtype} {self.row_shape}", f"{rows.dtype} {rows.shape[1:]}"
            raise EvenfuseError(f"the rows of '{self.name}' are {was} first and {now} later")
        content = _bytes(np.ascontiguousarray(rows))
        self.checksum = zlib.crc32(content, self.checksum)
        self.file.write(content)
        self.rows += len(rows)

    def lay_out(self, file: h5py.File) -> int | None:
        """Make the dataset, still without content, and return where its content belongs."""
        settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        settings.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        shape = (self.rows, *self.row_shape)
        dataset = file.create_dataset(self.name, shape, self.dtype, dcpl=settings)
        dataset.attrs["crc32"] = self.checksum
        offset: int | None = dataset.id.get_offset()
        return offset


class ArraysWriter:
    """Writes arrays of unknown length to one file; nothing is at `path` before it is closed."""

    def __init__(self, path: Path):
        self._path = path
        self._arrays: dict[str, _GrowingArray] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def append(self, name: str, rows: NDArray[Any]) -> int:
        """Add rows (n, ...) to an array and return how many it has now.

        Raises:
            EvenfuseError: if the rows are of another shape or kind than the ones before.
            OSError: if the disk is full.
        """
        if name not in self._arrays:
            self._arrays[name] = _GrowingArray(name, self._path.parent, rows)
        self._arrays[name].append(rows)
        return self._arrays[name].rows

    def close(self, attributes: Mapping[str, Any]) -> None:
        """Put the arrays together as one file with these attributes."""
        with h5py.File(self._path, "w") as file:
            file.attrs.update(attributes)
            offsets = {name: array.lay_out(file) for name, array in self._arrays.items()}
        with self._path.open("r+b") as target:
            for name, offset in offsets.items():
                with self._arrays.pop(name).file as content:
                    if offset is not None:  # arrays without rows have no place
                        content.seek(0)
                        target.seek(offset)
                        shutil.copyfileobj(content, target, BLOCK)


def read_array(file: h5py.File, name: str) -> NDArray[Any]:
    """Read one array and check its checksum.

    Raises:
        KeyError: if it is not there.
        OSError: if it is damaged.
    """
    dataset = file[name]
    array: NDArray[Any] = dataset[:]
    if zlib.crc32(_bytes(array)) != dataset.attrs["crc32"]:
        raise OSError(f"the checksum of {name} is wrong")
    return array


def map_array(file: h5py.File, name: str) -> NDArray[Any]:
    """Open one array where it lies in the file, without reading it into memory; check its checksum.

    Raises:
        KeyError: if it is not there.
        OSError: if it is damaged.
    """
    dataset = file[name]
    place = dataset.id.get_offset()
    if place is None:  # arrays without rows have no place
        return read_array(file, name)
    # copy on write: torch takes only arrays that can be written to
    array = np.memmap(file.filename, dataset.dtype, "c", place, dataset.shape)
    rows = max(1, BLOCK // max(1, dataset.dtype.itemsize * int(np.prod(dataset.shape[1:]))))
    checksum = 0
    for start in range(0, len(array), rows):
        checksum = zlib.crc32(_bytes(array[start : start + rows]), checksum)
    if checksum != dataset.attrs["crc32"]:
        raise OSError(f"the checksum of {name} is wrong")
    return array


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
