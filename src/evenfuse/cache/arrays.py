"""Arrays that grow while they are written and end up in one HDF5 file, each with a checksum.

Rows are appended to one unnamed temporary file per array, with ordinary writes. This keeps memory
use low and makes a full disk an ordinary error, whereas HDF5 crashes when the disk fills up under a
growing dataset. At the end HDF5 lays out contiguous datasets of the final sizes, and the content is
copied into place. The attribute `crc32` of each dataset holds the CRC-32 of its bytes; HDF5 itself
has checksums of all the rest, in the newer form of the file that is asked for.
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

from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError

BLOCK = 1 << 20  # bytes copied at a time
FORM = ("v110", "v110")  # of HDF5 1.10, the oldest one with checksums of all that is no array


class _GrowingArray:
    """Rows of one shape and dtype, in a temporary file that is removed with this object."""

    def __init__(self, name: str, folder: Path, first: NDArray[Any]):
        self.name, self.dtype, self.row_shape = name, first.dtype, first.shape[1:]
        self.rows, self.checksum = 0, 0
        self.file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115

    def append(self, rows: NDArray[Any]) -> None:
        if rows.dtype != self.dtype or rows.shape[1:] != self.row_shape:
            before, now = f"{self.dtype} {self.row_shape}", f"{rows.dtype} {rows.shape[1:]}"
            raise EvenfuseError(
                f"the rows of '{self.name}' change from {before} to {now}; "
                "every video must have the same features"
            )
        content = _bytes(np.ascontiguousarray(rows))
        self.checksum = zlib.crc32(content, self.checksum)
        self.file.write(content)
        self.rows += len(rows)

    def lay_out(self, file: h5py.File) -> int | None:
        """Create the dataset without content and return the position of its content."""
        settings = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        settings.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        settings.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
        shape = (self.rows, *self.row_shape)
        dataset = file.create_dataset(self.name, shape, self.dtype, dcpl=settings)
        dataset.attrs["crc32"] = self.checksum
        offset: int | None = dataset.id.get_offset()
        return offset


class ArraysWriter:
    """Writes arrays of unknown length to one file, which does not exist before it is closed."""

    def __init__(self, path: Path):
        self._path = path
        self._arrays: dict[str, _GrowingArray] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._arrays

    def append(self, name: str, rows: NDArray[Any]) -> int:
        """Add rows (n, ...) to an array and return how many it has now.

        Raises:
            EvenfuseError: if the rows differ in shape or dtype from those before.
            OSError: if the disk is full.
        """
        if name not in self._arrays:
            self._arrays[name] = _GrowingArray(name, self._path.parent, rows)
        self._arrays[name].append(rows)
        return self._arrays[name].rows

    def close(self, attributes: Mapping[str, Any]) -> None:
        """Write all arrays to the file, with these attributes."""
        with h5py.File(self._path, "w", libver=FORM) as file:
            file.attrs.update(attributes)
            offsets = {name: array.lay_out(file) for name, array in self._arrays.items()}
        with self._path.open("r+b") as target:
            for name, offset in offsets.items():
                with self._arrays.pop(name).file as content:
                    if offset is not None:  # an array without rows has no position
                        content.seek(0)
                        target.seek(offset)
                        shutil.copyfileobj(content, target, BLOCK)


def read_array(file: h5py.File, name: str) -> NDArray[Any]:
    """Read one array and check its checksum.

    Raises:
        KeyError: if there is no such array.
        DamagedError: if its checksum is wrong.
    """
    dataset = file[name]
    array: NDArray[Any] = dataset[:]
    if zlib.crc32(_bytes(array)) != dataset.attrs["crc32"]:
        raise DamagedError(f"the checksum of {name} is wrong")
    return array


def map_array(file: h5py.File, name: str) -> NDArray[Any]:
    """Map one array into memory without reading all of it at once; check its checksum.

    Raises:
        KeyError: if there is no such array.
        DamagedError: if its checksum is wrong.
    """
    dataset = file[name]
    position = dataset.id.get_offset()
    if position is None:  # an array without rows has none
        return read_array(file, name)
    # copy-on-write, because torch takes writable arrays only
    array = np.memmap(file.filename, dataset.dtype, "c", position, dataset.shape)
    rows = max(1, BLOCK // max(1, dataset.dtype.itemsize * int(np.prod(dataset.shape[1:]))))
    checksum = 0
    for start in range(0, len(array), rows):
        checksum = zlib.crc32(_bytes(array[start : start + rows]), checksum)
    if checksum != dataset.attrs["crc32"]:
        raise DamagedError(f"the checksum of {name} is wrong")
    return array


def _bytes(array: NDArray[Any]) -> memoryview:
    return array.reshape(-1).view(np.uint8).data
