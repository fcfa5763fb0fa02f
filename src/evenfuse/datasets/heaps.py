"""Texts of any length lie in heaps of an HDF5 file; HDF5 2.0 never ends on a heap that is damaged.

A heap is "GCOL", its version (1 byte), 3 bytes, its size; then objects: index (2), 6 bytes, size,
content. Index 0 is free space, whose size includes the 16 bytes before it. Source: the HDF5 File
Format Specification, III.E.
"""

import mmap
import struct
from pathlib import Path

START = b"GCOL\1"
SIZE = struct.Struct("<Q")
OBJECT = struct.Struct("<H6xQ")


def check_heaps(path: Path) -> None:
    """Raise ValueError unless every object of every heap leads to the next or to the end."""
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        most = len(content) // OBJECT.size  # heaps that overlap would have more
        start = content.find(START)
        while start >= 0:
            most -= _count_objects(content, start, most)
            start = content.find(START, start + 1)


def _count_objects(content: mmap.mmap, start: int, most: int) -> int:
    header = start + OBJECT.size
    if header > len(content):
        raise ValueError("a heap is cut")
    end = start + SIZE.unpack_from(content, start + 8)[0]
    position, number = header, 0
    while position + OBJECT.size <= min(end, len(content)):
        index, size = OBJECT.unpack_from(content, position)
        step = size if index == 0 else OBJECT.size + -(-size // 8) * 8
        number += 1
        if not OBJECT.size <= step <= end - position or number > most:
            raise ValueError(f"the heap at byte {start} is damaged")
        position += step
    return number
