"""Computational sequences (.csd), the HDF5 files of the CMU-MultimodalSDK.

`<root name>/data/<video id>/{intervals (frame, 2) in seconds, features (frame, feature)}`
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError

REOPEN_AFTER = 250  # videos; HDF5 keeps something of every object until the file is closed


@dataclass(frozen=True)
class Track:
    """What one video has of one kind: `intervals` (frame, 2) in seconds, `features` per frame."""

    intervals: NDArray[np.float64]
    features: NDArray[Any]


class CsdFile:
    """One open .csd file.

    Raises:
        EvenfuseError: on opening or reading, if the file is missing, cut or not of this format.
    """

    def __init__(self, path: Path):
        self.path = path
        self._reads = 0
        self._open()

    def _open(self) -> None:
        try:
            self._file = h5py.File(self.path)
            _bound_memory(self._file)
            self._data = _group(_group(self._file[next(iter(self._file))])["data"])
            self.videos = list(self._data)
            self._known = frozenset(self.videos)
        except FileNotFoundError:
            raise EvenfuseError(f"there is no file {self.path}") from None
        except (OSError, KeyError, StopIteration) as error:
            raise EvenfuseError(
                f"{self.path} is not a whole .csd file ({error}); delete it and fetch it again"
            ) from None

    def has(self, video: str) -> bool:
        """Say whether the file has this video."""
        return video in self._known

    def read(self, video: str) -> Track:
        """Read the sequence of one video."""
        self._reads += 1
        if self._reads % REOPEN_AFTER == 0:
            self.close()
            self._open()
        try:
            intervals = self._data[f"{video}/intervals"][:].astype(np.float64, copy=False)
            features = self._data[f"{video}/features"][:]
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise self._wrong(video, f"cannot be read ({error})") from None
        if intervals.ndim != 2 or intervals.shape[1] != 2 or len(intervals) != len(features):
            shapes = f"intervals {intervals.shape}, features {features.shape}"
            raise self._wrong(
                video, f"should have a (start, end) for every frame, but has {shapes}"
            )
        if not np.isfinite(intervals).all():
            raise self._wrong(video, "has a start or an end that is not a number")
        return Track(intervals, features)

    def generated(self) -> bool:
        """Say whether the file's metadata names no creator but the project itself."""
        creator = self._data.parent.get("metadata/creator")
        return creator is not None and creator[0] == b"generated"

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _wrong(self, video: str, what: str) -> EvenfuseError:
        return EvenfuseError(f"{self.path}: video '{video}' {what}")


def _bound_memory(file: h5py.File) -> None:
    """Let HDF5 remember little of the objects that were read: by default, up to 32 MiB per file."""
    settings = file.id.get_mdc_config()
    settings.set_initial_size = True
    settings.initial_size = settings.min_size = settings.max_size = 1 << 20
    file.id.set_mdc_config(settings)


def _group(node: Any) -> Any:
    if not isinstance(node, h5py.Group):
        raise KeyError(f"{node.name} is not a group")
    return node


def _columns(features: NDArray[Any]) -> NDArray[Any]:
    """Return features (frame, feature) of any further shape, no frames included."""
    return features.reshape(len(features), int(np.prod(features.shape[1:], dtype=int)))


def check_csd(path: Path) -> None:
    """Raise EvenfuseError unless the file opens as a whole .csd file."""
    try:
        CsdFile(path).close()
    except EvenfuseError:
        raise EvenfuseError("not a whole .csd file") from None


class CsdCorpus:
    """A corpus in .csd files, one file per role; `words` and `labels` are always there."""

    def __init__(self, files: Mapping[str, Path]):
        with ExitStack() as stack:
            self._files: dict[str, CsdFile] = {}
            for role, path in files.items():
                self._files[role] = CsdFile(path)
                stack.callback(self._files[role].close)
            self._stack = stack.pop_all()
        self.videos: list[str] = self._files["labels"].videos
        self.generated = any(file.generated() for file in self._files.values())
        self.modalities = [role for role in files if role not in ("words", "labels")]

    def __enter__(self) -> "CsdCorpus":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def missing(self, video: str) -> list[str]:
        """Return the roles whose file does not have this video."""
        return [role for role, file in self._files.items() if not file.has(video)]

    def labels(self, video: str) -> Track:
        """Return the labelled segments of a video, features (segment, label) as float32.

        Raises:
            EvenfuseError: if a label is NaN or infinite.
        """
        segments = self._files["labels"].read(video)
        labels = _columns(segments.features).astype(np.float32)
        wrong = np.flatnonzero(~np.isfinite(labels).all(axis=1))
        if len(wrong):
            where = f"{self._files['labels'].path}: segment {wrong[0]} of video '{video}'"
            raise EvenfuseError(f"{where} has a label that is not a number; correct or remove it")
        return Track(segments.intervals, labels)

    def words(self, video: str) -> Track:
        """Return the words of a video with their times, features (word,) of str."""
        spoken = self._files["words"].read(video)
        text = [
            word.decode("utf-8", "replace") if isinstance(word, bytes) else str(word)
            for word in _columns(spoken.features)[:, :1].ravel().tolist()
        ]
        return Track(spoken.intervals, np.array(text, dtype=object))

    def frames(self, role: str, video: str) -> tuple[Track, int]:
        """Return a feature sequence as float32 and how many NaN or infinite values became 0."""
        sequence = self._files[role].read(video)
        features = _columns(sequence.features).astype(np.float32, copy=False)
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(features.sum()):  # one fast pass shows that every value is finite
                return Track(sequence.intervals, features), 0
        wrong = ~np.isfinite(features)
        features[wrong] = 0.0
        return Track(sequence.intervals, features), int(wrong.sum())
