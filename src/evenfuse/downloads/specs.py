"""The description of a wanted file: how to recognise it and where to keep its download."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from evenfuse.downloads.hashes import Pins, verify
from evenfuse.errors import EvenfuseError
from evenfuse.planning.files import FAILED
from evenfuse.settings.sources import Source

LARGEST = 50_000_000_000
PAGE = (b"<!doctype html", b"<html")


@dataclass(frozen=True)
class FileSpec:
    """One file: its name, its source, and the store that keeps its download.

    `store` is a folder named after the corpus. `check` looks at the content of a fetched file and
    raises EvenfuseError if it is wrong. `largest` is how many bytes it may have, if its size is
    unknown. `unsigned` is what is to be signed before it is downloaded, and where.
    """

    name: str
    source: Source
    store: Path
    check: Callable[[Path], None]
    largest: int = LARGEST
    unsigned: str = ""

    @property
    def places(self) -> list[str]:
        """The addresses that may be tried."""
        return [] if self.unsigned else self.source.places()

    @property
    def kept(self) -> Path:
        """The path of the download in the store."""
        return self.store / self.name

    @property
    def failed(self) -> Path:
        """The path of the note that no address has given the file."""
        return self.store / FAILED.format(file=self.name)

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


def check_data(path: Path) -> None:
    """Raise EvenfuseError if a fetched file is empty, or a web page in place of data."""
    with path.open("rb") as file:
        start = file.read(1024)
    if not start:
        raise EvenfuseError("it is empty")
    if start.lstrip().lower().startswith(PAGE):
        raise EvenfuseError("it is a web page")
