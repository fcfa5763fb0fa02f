"""Compressed arrays of HDF5 files: small parts that do not unpack to more than they should."""

import math
import zlib

import h5py
from h5py import h5z
from h5py.h5d import StoreInfo

from evenfuse.datasets.limits import LARGEST

MOST = 1 << 16  # chunks of an array; HDF5 remembers something of each
SWELLING = 1032  # zlib makes at most this many bytes of one
FILTERS = {h5z.FILTER_SHUFFLE, h5z.FILTER_DEFLATE, h5z.FILTER_FLETCHER32}


def check_chunks(dataset: h5py.Dataset, name: str) -> None:
    """Raise ValueError unless the chunks are there and unpack to their size or less."""
    _check_filters(dataset, name)
    size = math.prod(dataset.chunks) * dataset.dtype.itemsize
    pairs = zip(dataset.shape, dataset.chunks, strict=True)
    number = math.prod(-(-length // chunk) for length, chunk in pairs)
    if size > LARGEST or number > MOST:
        raise ValueError(f"'{name}' is in {number} chunks {dataset.chunks}; write it in one")
    stored: list[StoreInfo] = []
    dataset.id.chunk_iter(stored.append)
    if len(stored) != number:
        raise ValueError(f"'{name}' has only {len(stored)} of its {number} chunks")
    if any(_swells(dataset, chunk, size) for chunk in stored):
        raise ValueError(f"'{name}' unpacks to more than its size")


def _check_filters(dataset: h5py.Dataset, name: str) -> None:
    layout = dataset.id.get_create_plist()
    used = [layout.get_filter(index)[0] for index in range(layout.get_nfilters())]
    if not FILTERS.issuperset(used) or len(used) != len(set(used)):
        raise ValueError(f"'{name}' is compressed in a way that is not read here; use gzip")


def _swells(dataset: h5py.Dataset, chunk: StoreInfo, size: int) -> bool:
    """Say whether HDF5 would unpack a chunk to more than its size, as far as it reaches."""
    if chunk.size * SWELLING <= LARGEST:
        return False
    if chunk.size > min(dataset.file.id.get_filesize(), 2 * size):
        return True
    _, packed = dataset.id.read_direct_chunk(chunk.chunk_offset)
    if dataset.compression != "gzip":
        return False
    return len(zlib.decompressobj().decompress(packed, size + 5)) > size + 4
