"""Reads of a pickle: never more bytes than the file has, and large ones without memory."""

import io
import mmap
from collections.abc import Iterator
from contextlib import contextmanager

SMALL = 1 << 16  # bytes
MAPPED = 1 << 20  # bytes; what is larger stays in the file until it is used


class WholeReads:
    """A file that never allocates memory for more bytes than it has."""

    def __init__(self, file: io.BufferedReader, size: int):
        self._file, self._size = file, size
        self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else b""
        self._maps = False
        self.readline = file.readline

    @contextmanager
    def mapping(self) -> Iterator[None]:
        """Let reads of many bytes return a view of the file, which takes no memory."""
        self._maps = True
        yield
        self._maps = False

    def read(self, count: int) -> bytes | memoryview:
        """Return the next bytes, or raise EOFError if there are too few."""
        if count > SMALL and count > self._size - self._file.tell():
            raise EOFError("the file ends too early")
        if self._maps and count > MAPPED:
            start = self._file.tell()
            self._file.seek(count, io.SEEK_CUR)
            return memoryview(self._map)[start : start + count]
        found = self._file.read(count)
        if len(found) < count:
            raise EOFError("the file ends too early")
        return found
