"""The description of a wanted file: how to recognise it and where to keep its download."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evenfuse.downloads.hashes import Pins, verify
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source


@dataclass(frozen=True)
class FileSpec:
    """One file: its name, its source, and the store that keeps its download.

    `store` is a folder named after the corpus. `check` looks at the content of a fetched file and
    raises EvenfuseError if it is wrong.
    """

    name: str
    source: Source
    store: Path
    check: Callable[[Path], None]

    @property
    def kept(self) -> Path:
        """The path of the download in the store."""
        return self.store / self.name

    @property
    def key(self) -> str:
        """The name of the file among the pinned hashes."""
        return f"{self.store.name}/{self.name}"

    @property
    def pins(self) -> Pins:
        """The pinned hashes of all downloads."""
        return Pins(self.store.parent)

    def accept(self, path: Path) -> str:
        """Return the SHA-256 of a file, or raise EvenfuseError if it is not the wanted one."""
        self.check(path)
        return verify(path, self.source, self.pins, self.key)


def check_not_empty(path: Path) -> None:
    """Raise EvenfuseError if a fetched file is empty."""
    if path.stat().st_size == 0:
        raise EvenfuseError("it is empty")
