"""Facts of each data format: file name = config name; every file has a `FORMAT`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Files = Mapping[str, str | None]


@dataclass(frozen=True)
class Format:
    """What the config and the workflow know of a format.

    `roles` are those that an entry's `files` must name. What is not aligned has one: its file is
    read by the function `read` of the format's code. `modalities` are what a model can be given of
    every dataset of the format. `columns` name its label columns, as far as they are always the
    same.
    """

    roles: tuple[str, ...]
    modalities: tuple[str, ...]
    columns: tuple[str, ...] = ()
    aligned: bool = False
    """Its files are .csd files, which `evenfuse align` aligns to the words."""
    in_folder: bool = False
    """Its file and the features beside it lie in the entry's `folder`: nothing is fetched."""

    def sources(self, files: Files) -> dict[str, str]:
        """Return role -> file name of the files that are read."""
        return {role: name for role in self.roles if (name := files.get(role))}

    def label_names(self, count: int) -> tuple[str, ...]:
        """Return what `count` label columns are called, as far as it is known."""
        return self.columns[:count]

    def available(self, files: Files, wanted: Sequence[str]) -> dict[str, str]:
        """Return modality -> the file that it comes from, of a dataset that wants some."""
        (file,) = self.sources(files).values()
        return dict.fromkeys(self.modalities, file)
