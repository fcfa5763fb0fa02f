"""A file that is asked for: how it is recognised and where its downloads are kept."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evenfuse.downloads.hashes import Pins, verify
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import Source


@dataclass(frozen=True)
class FileSpec:
    """One file: its name, what is known of it, and the store that keeps what was downloaded.

    `store` is a folder named after the corpus. `check` is given the file before it counts and
    raises EvenfuseError if it is not what it should be.
    """

    name: str
    source: Source
    store: Path
    check: Callable[[Path], None]

    @property
    def kept(self) -> Path:
        """Where the store has it, once it was downloaded."""
        return self.store / self.name

    @property
    def key(self) -> str:
        """Its name among the pinned hashes."""
        return f"{self.store.name}/{self.name}"

    @property
    def pins(self) -> Pins:
        """The pinned hashes of all downloads."""
        return Pins(self.store.parent)

    def accept(self, path: Path) -> str:
        """Return the SHA-256 of a file that is the wanted one; raise EvenfuseError if not."""
        self.check(path)
        return verify(path, self.source, self.pins, self.key)


def check_not_empty(path: Path) -> None:
    """Raise EvenfuseError if a fetched file is empty."""
    if path.stat().st_size == 0:
        raise EvenfuseError("it is empty")
