"""Arrays of an HDF5 file from a stranger: nothing outside the file, and never more than a bound.

HDF5 follows links into other files, takes values from other files, and unpacks what is compressed,
however large it becomes. All of this is checked before a value is read; what is wrong raises
ValueError.
"""

import math
from typing import Any

import h5py
import numpy as np
from h5py import h5d
from numpy.typing import NDArray

from evenfuse.datasets.chunks import check_chunks
from evenfuse.datasets.limits import LARGEST, MOST_ROWS


def read_group(parent: h5py.Group, name: str) -> h5py.Group:
    """Return the group of this name."""
    node = _member(parent, name)
    if not isinstance(node, h5py.Group):
        raise ValueError(f"'{name}' is not a group")
    return node


def read_array(parent: h5py.Group, name: str) -> NDArray[Any]:
    """Return an array of real numbers, or of bytes for texts."""
    dataset = _checked(parent, name)
    text = h5py.check_string_dtype(dataset.dtype)
    if text is None and dataset.dtype.kind not in "biuf":
        raise ValueError(f"'{name}' holds {dataset.dtype}, neither plain numbers nor texts")
    if text and text.length is None and dataset.shape:
        return _texts_of_any_length(dataset, name)
    return np.asarray(dataset[()])


def _texts_of_any_length(dataset: h5py.Dataset, name: str) -> NDArray[Any]:
    """Read few rows at a time: all may point to one and the same text, as large as the file."""
    per_row = dataset.file.id.get_filesize() * max(1, math.prod(dataset.shape[1:]))
    rows = max(1, LARGEST // per_row)
    texts, size = np.empty(dataset.shape, object), 0
    for start in range(0, len(dataset), rows):
        texts[start : start + rows] = dataset[start : start + rows]
        size += sum(map(len, texts[start : start + rows].ravel()))
        if size > LARGEST:
            raise ValueError(f"'{name}' has texts of more than {LARGEST} bytes")
    return texts


def _member(parent: h5py.Group, name: str) -> Any:
    if name not in parent:
        raise ValueError(f"'{name}' is missing")
    if not isinstance(parent.get(name, getlink=True), h5py.HardLink):
        raise ValueError(f"'{name}' is a link to another place; put what is there here")
    return parent[name]


def _checked(parent: h5py.Group, name: str) -> h5py.Dataset:
    """Return an array that can be read."""
    dataset = _member(parent, name)
    if not isinstance(dataset, h5py.Dataset) or dataset.shape is None:
        raise ValueError(f"'{name}' is not an array")
    size = math.prod(dataset.shape) * dataset.dtype.itemsize
    if size > LARGEST or any(length > MOST_ROWS for length in dataset.shape):
        raise ValueError(
            f"'{name}' is {dataset.shape} of {dataset.dtype}, and may have {MOST_ROWS} rows "
            f"and {LARGEST} bytes at most"
        )
    if size:
        _check_values(dataset, name)
    return dataset


def _check_values(dataset: h5py.Dataset, name: str) -> None:
    layout = dataset.id.get_create_plist()
    if layout.get_layout() == h5d.VIRTUAL or layout.get_external_count():
        raise ValueError(f"'{name}' has its values in other files; put them here")
    if dataset.id.get_storage_size() == 0:
        raise ValueError(f"'{name}' is {dataset.shape}, but has no values")
    if dataset.chunks:
        check_chunks(dataset, name)
