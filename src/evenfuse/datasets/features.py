"""Features of the rows of a manifest: a .npy file for each id, or one .csd file that is cut."""

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import as_float32
from evenfuse.datasets.csd_file import CsdFile, Track
from evenfuse.datasets.npy import read_npy
from evenfuse.datasets.table import Table, printable
from evenfuse.errors import EvenfuseError

Floats = NDArray[np.float32]


class Features(ABC):
    """The features of one modality, in the form of the files that it comes from."""

    def __init__(self, table: Table, path: Path):
        self.table, self.path = table, path
        self._first: tuple[str, int] | None = None

    def of(self, row: int) -> Floats:
        """Return the features (time, feature) of one row of the table.

        Raises:
            EvenfuseError: if they cannot be read, or have another width than those before.
        """
        features = self.load(row)
        width = features.shape[1]
        first, expected = self._first = self._first or (self.table.columns["id"][row], width)
        if width != expected:
            where = f"{width} features per row in {self.path}"
            raise self.table.wrong(row, f"{where}, but '{printable(first)}' has {expected}")
        return features

    @abstractmethod
    def load(self, row: int) -> Floats:
        """Return the features (time, feature) of one row, of any width."""


class OwnFiles(Features):
    """A folder with one .npy file for each id."""

    def load(self, row: int) -> Floats:
        """Read the file of the row's id."""
        segment = self.table.columns["id"][row]
        name = Path(segment)
        if name.is_absolute() or ".." in name.parts:
            where = f"the id '{printable(segment)}' leads out of {self.path}"
            raise self.table.wrong(row, f"{where}; give it another")
        return read_npy(self.path / f"{segment}.npy")


class CutFrames(Features):
    """One .csd file: the frames of a video that overlap a row's start and end."""

    def __init__(self, table: Table, path: Path):
        super().__init__(table, path)
        table.check_columns(["video", "start", "end"])
        self._starts, self._ends = table.numbers("start"), table.numbers("end")
        for row in np.flatnonzero(self._starts >= self._ends)[:1]:
            raise table.wrong(row, f"the start {self._starts[row]:g} is not before the end")
        self._file = CsdFile(path)
        self._last: tuple[str, Track] | None = None

    def load(self, row: int) -> Floats:
        """Cut the track of the row's video."""
        track = self._track(self.table.columns["video"][row])
        start, end = self._starts[row], self._ends[row]
        inside = (track.intervals[:, 1] > start) & (track.intervals[:, 0] < end)
        if not inside.any():
            raise self.table.wrong(row, f"{self.path} has no frame from {start} to {end} seconds")
        return as_float32(track.features[inside], f"{self.path}")

    def _track(self, video: str) -> Track:
        """Read a video, unless it is that of the row before."""
        if self._last is None or self._last[0] != video:
            self._last = video, self._file.read(video)
        return self._last[1]


def features_of(table: Table, name: str) -> Features:
    """Return the features of one modality, from what lies beside the table.

    Raises:
        EvenfuseError: if nothing does, or if the table lacks what is needed to cut a .csd file.
    """
    folder = table.path.parent
    try:
        if (folder / f"{name}.csd").is_file():
            return CutFrames(table, folder / f"{name}.csd")
        if (folder / name).is_dir():
            return OwnFiles(table, folder / name)
    except OSError as error:
        raise EvenfuseError(f"{folder / name} cannot be read ({error.strerror})") from None
    raise EvenfuseError(f"{folder} has neither {name}.csd nor a folder {name} with one .npy per id")
