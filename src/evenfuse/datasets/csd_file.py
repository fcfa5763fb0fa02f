"""One computational sequence (.csd), a HDF5 file of the CMU-MultimodalSDK.

`<root name>/data/<video id>/{intervals (frame, 2) in seconds, features (frame, feature)}`
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.datasets.hdf5 import read_array, read_group
from evenfuse.datasets.heaps import check_heaps
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_readable

REOPEN_AFTER = 250  # videos; HDF5 keeps something of every object until the file is closed
LATEST = 1e9  # seconds


@dataclass(frozen=True)
class Track:
    """What one video has of one kind: `intervals` (frame, 2) in seconds, `features` per frame."""

    intervals: NDArray[np.float64]
    features: NDArray[Any]


class CsdFile:
    """One open .csd file; what is outside it is never read.

    Raises:
        EvenfuseError: on opening or reading, if the file is missing, cut or not of this format, or
            has more than it may (`limits.py`).
    """

    def __init__(self, path: Path):
        self.path = path
        self._reads = 0
        self._first: tuple[str, int] | None = None
        check_readable(path)
        with self._opening():
            check_heaps(path)
        self._open()

    def _opening(self) -> AbstractContextManager[None]:
        return _as_sentence(
            f"{self.path} is not a whole .csd file", "; delete it and fetch it again"
        )

    def _open(self) -> None:
        with self._opening():
            self._file = h5py.File(self.path)
            try:
                _bound_memory(self._file)
                if self._file.id.get_create_plist().get_sizes() != (8, 8):
                    raise ValueError("its addresses are not 64 bits wide")
                self._root = read_group(self._file, _only_name(self._file))
                self._data = read_group(self._root, "data")
                self.videos = _names(self._data)
                self._known = frozenset(self.videos)
            except Exception:
                self.close()
                raise

    def has(self, video: str) -> bool:
        """Say whether the file has this video."""
        return video in self._known

    def read(self, video: str) -> Track:
        """Read one video: features (frame, feature) of numbers, or of bytes for texts."""
        self._reads += 1
        if self._reads % REOPEN_AFTER == 0:
            self.close()
            self._open()
        if not self.has(video):
            raise self._wrong(video, "is missing")
        with _as_sentence(f"{self.path}: video {video!r} cannot be read"):
            group = read_group(self._data, video)
            intervals, features = read_array(group, "intervals"), read_array(group, "features")
        self._check_times(video, intervals, features)
        columns = _columns(features)
        if len(columns):
            self._check_width(video, columns.shape[1])
        return Track(intervals.astype(np.float64, copy=False), columns)

    def _check_times(self, video: str, intervals: NDArray[Any], features: NDArray[Any]) -> None:
        if intervals.shape[1:] != (2,) or features.shape[:1] != intervals.shape[:1]:
            shapes = f"intervals {intervals.shape}, features {features.shape}"
            raise self._wrong(
                video, f"should have a (start, end) for every frame, but has {shapes}"
            )
        if intervals.dtype.kind not in "biuf" or not (np.abs(intervals) < LATEST).all():
            raise self._wrong(video, "has a start or an end that is too large or not a number")

    def _check_width(self, video: str, width: int) -> None:
        first, expected = self._first = self._first or (video, width)
        if width == 0:
            raise self._wrong(video, "has frames without features")
        if width != expected:
            raise self._wrong(
                video, f"has {width} features per frame, but video {first!r} has {expected}"
            )

    def generated(self) -> bool:
        """Say whether the file's metadata names no creator but the project itself."""
        with _as_sentence(f"{self.path}: the metadata cannot be read"):
            try:
                creator = read_array(read_group(self._root, "metadata"), "creator")
            except ValueError:
                return False
        return bool(creator.ravel().tolist() == [b"generated"])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _wrong(self, video: str, what: str) -> EvenfuseError:
        return EvenfuseError(f"{self.path}: video {video!r} {what}")


def check_csd(path: Path) -> None:
    """Raise EvenfuseError unless the file opens as a whole .csd file."""
    try:
        CsdFile(path).close()
    except EvenfuseError:
        raise EvenfuseError("not a whole .csd file") from None


@contextmanager
def _as_sentence(what: str, advice: str = "") -> Iterator[None]:
    try:
        yield
    except Exception as error:  # HDF5 reports damage with errors of every kind
        reason = " ".join(str(error).split()) or type(error).__name__
        raise EvenfuseError(f"{what} ({reason}){advice}") from None


def _bound_memory(file: h5py.File) -> None:
    """Let HDF5 remember little of the objects that were read: by default, up to 32 MiB per file."""
    settings = file.id.get_mdc_config()
    settings.set_initial_size = True
    settings.initial_size = settings.min_size = settings.max_size = 1 << 20
    file.id.set_mdc_config(settings)


def _only_name(file: h5py.File) -> str:
    names = _names(file)
    if len(names) != 1:
        raise ValueError(f"it should have one sequence, but has {len(names)}")
    return names[0]


def _names(group: h5py.Group) -> list[str]:
    names = list(group)
    for name in names:
        if not isinstance(name, str) or not name.isprintable():  # bytes, if not UTF-8
            raise ValueError(f"the name {name!a} has characters that cannot be shown")
    return names


def _columns(features: NDArray[Any]) -> NDArray[Any]:
    """Return features (frame, feature) of any further shape, no frames included."""
    return features.reshape(len(features), int(np.prod(features.shape[1:], dtype=int)))
