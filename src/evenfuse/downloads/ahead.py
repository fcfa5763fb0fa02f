"""Before a download begins: how many bytes it will be."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from evenfuse.downloads.asking import ask
from evenfuse.downloads.download import PATIENT, Patience, length_of
from evenfuse.downloads.hub import find_files
from evenfuse.downloads.joining import Joined
from evenfuse.downloads.partial import LostError, Partial
from evenfuse.downloads.specs import FileSpec
from evenfuse.downloads.tokens import headers_for
from evenfuse.errors import EvenfuseError
from evenfuse.settings.sources import HUB


@dataclass(frozen=True)
class Ahead:
    """A file that is not in the store: the bytes still to come, if a server tells.

    `spare` are the bytes that the disk needs beside them for a moment.
    """

    wanted: FileSpec
    size: int | None
    spare: int = 0


def look_ahead(wanted: FileSpec, patience: Patience = PATIENT) -> Ahead:
    """Ask the addresses of a file, in their order, until one tells its size."""
    for address in wanted.places:
        try:
            sizes = _sizes(address, wanted, patience)
        except (LostError, EvenfuseError, OSError):
            continue
        return still_to_come(wanted, sizes)
    return Ahead(wanted, wanted.source.size)


def still_to_come(wanted: FileSpec, sizes: Sequence[int]) -> Ahead:
    """Return what is left of a file, or of the parts of one, after earlier calls."""
    arrived = Joined(wanted.kept).size() + Partial(wanted.kept).size()
    return Ahead(wanted, max(sum(sizes) - arrived, 0), max(sizes) if len(sizes) > 1 else 0)


def needed(files: Sequence[Ahead]) -> int:
    """Return the free bytes that files need, one after the other, as far as sizes are known."""
    return sum(file.size or 0 for file in files) + max((file.spare for file in files), default=0)


def _sizes(address: str, wanted: FileSpec, patience: Patience) -> list[int]:
    """Return the size of the file, or of each of its parts; raise LostError if it is not told."""
    if address.startswith("file://"):
        return [Path(url2pathname(urlsplit(address).path)).stat().st_size]
    if address.startswith(HUB):
        parts = find_files(address, Partial(wanted.store / f"{wanted.name}.list"), patience)
        sizes = [part.size for part in parts]
    else:
        sizes = [_told(address, wanted, patience)]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        raise LostError("the server does not tell the size")
    return known


def _told(address: str, wanted: FileSpec, patience: Patience) -> int | None:
    headers = {"Accept-Encoding": "identity", **headers_for(address)}
    with ask(address, headers, (patience.connect, patience.stall), patience.headers) as answer:
        return length_of(answer, wanted.source.size)
