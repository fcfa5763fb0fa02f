"""A corpus of the CMU-MultimodalSDK: one .csd file per role, `words` and `labels` among them."""

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import numpy as np

from evenfuse.cache.segments import as_float32, without_nan
from evenfuse.datasets.csd_file import CsdFile, Track
from evenfuse.errors import EvenfuseError
from evenfuse.settings.formats.csd import FORMAT


class CsdCorpus:
    """A corpus in .csd files, one file per role.

    Raises:
        EvenfuseError: if a role or a file is missing, or as `CsdFile`.
    """

    def __init__(self, files: Mapping[str, Path]):
        for role in FORMAT.roles:
            if role not in files:
                raise EvenfuseError(f"the role '{role}' is missing; give {role}=FILE.csd")
        with ExitStack() as stack:
            self._files: dict[str, CsdFile] = {}
            for role, path in files.items():
                self._files[role] = CsdFile(path)
                stack.callback(self._files[role].close)
            self.generated = any(file.generated() for file in self._files.values())
            self._stack = stack.pop_all()
        self.videos: list[str] = self._files["labels"].videos
        self.modalities = [role for role in files if role not in FORMAT.roles]

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
        file = self._files["labels"]
        segments = file.read(video)
        labels = as_float32(segments.features, f"{file.path}: video {video!r}")
        wrong = np.flatnonzero(~np.isfinite(labels).all(axis=1))
        if len(wrong):
            where = f"{file.path}: segment {wrong[0]} of video {video!r}"
            raise EvenfuseError(f"{where} has a label that is not a number; correct or remove it")
        return Track(segments.intervals, labels)

    def words(self, video: str) -> tuple[Track, int]:
        """Return the words of a video, features (word,) of str, and how many are not UTF-8."""
        file = self._files["words"]
        spoken = file.read(video)
        words = spoken.features
        if len(words) and (words.dtype.kind not in "SO" or words.shape[1] != 1):
            found = f"{words.shape} of {words.dtype}"
            raise EvenfuseError(f"{file.path}: video {video!r} should hold words, but is {found}")
        texts = [_decoded(word) for word in words.ravel().tolist()]
        wrong = sum(not whole for _, whole in texts)
        return Track(spoken.intervals, np.array([text for text, _ in texts], dtype=object)), wrong

    def frames(self, role: str, video: str) -> tuple[Track, int]:
        """Return a feature sequence as float32 and how many NaN or infinite values became 0."""
        file = self._files[role]
        sequence = file.read(video)
        features = as_float32(sequence.features, f"{file.path}: video {video!r}")
        finite, repaired = without_nan(features)
        return Track(sequence.intervals, finite), repaired


def _decoded(word: bytes) -> tuple[str, bool]:
    """Return a text, and whether every letter of it could be read."""
    try:
        return word.decode(), True
    except UnicodeDecodeError:
        return word.decode(errors="replace"), False
