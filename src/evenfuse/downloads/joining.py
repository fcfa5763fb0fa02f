"""A file in parts: each is downloaded, checked and added to the whole, one after the other."""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from evenfuse.downloads.download import CHUNK, Patience, download
from evenfuse.downloads.hub import HubFile
from evenfuse.downloads.partial import Partial
from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, write_json


class Joined:
    """The files FILE.joined and FILE.joined.json in a store; they outlive the process."""

    def __init__(self, file: Path):
        self.path = file.with_name(f"{file.name}.joined")
        self._about = file.with_name(f"{file.name}.joined.json")
        self._added: list[tuple[str, int]] = []  # content of a part, size of the whole with it
        with suppress(EvenfuseError):  # unreadable: nothing can be added to these bytes
            self._added = _read(self._about)

    def size(self) -> int:
        """Return the number of bytes so far."""
        return self._added[-1][1] if self._added and self.path.exists() else 0

    def continue_with(self, parts: Sequence[HubFile]) -> Sequence[HubFile]:
        """Return the parts that are still to come: all, if it was begun with others."""
        begun = [content for content, _ in self._added]
        whole = self.path.exists() and self.path.stat().st_size >= self.size()
        if not whole or begun != [part.content for part in parts[: len(begun)]]:
            self.forget()
        return parts[len(self._added) :]

    def add(self, part: HubFile, arrived: Path) -> None:
        """Add the bytes of the next part; for a moment, the disk holds them twice.

        Raises:
            EvenfuseError: if they are not those that the hub announced.
        """
        size = self.size()
        self.path.touch()
        os.truncate(self.path, size)  # a kill may have left more
        try:
            digest = _append(arrived, self.path)
            if part.sha256 not in (None, digest):
                raise EvenfuseError(f"the SHA-256 of the part {part.name} is {digest}")
        except BaseException:
            os.truncate(self.path, size)
            raise
        self._added.append((part.content, self.path.stat().st_size))
        write_json(self._about, self._added)

    def forget(self) -> None:
        """Delete the bytes so far."""
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
        self._added = []

    def become(self, file: Path) -> None:
        """Rename the complete file to `file`."""
        self.path.replace(file)
        self.forget()


def download_parts(
    parts: Sequence[HubFile], file: Path, largest: int, patience: Patience
) -> Joined:
    """Download parts and join them, continuing with what an earlier call left in the store.

    Raises:
        EvenfuseError: as `download`, if a part has wrong bytes, or all are more than `largest`.
    """
    joined, partial = Joined(file), Partial(file)
    for part in joined.continue_with(parts):
        download(part.address, partial, part.size, largest - joined.size(), patience)
        try:
            joined.add(part, partial.path)
        except EvenfuseError:
            partial.forget()
            raise
        partial.forget()
    return joined


def _append(arrived: Path, whole: Path) -> str:
    digest = hashlib.sha256()
    with arrived.open("rb") as source, whole.open("ab") as target:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            target.write(chunk)
    return digest.hexdigest()


def _read(path: Path) -> list[tuple[str, int]]:
    match read_json(path):
        case [*pairs]:
            return [(str(content), int(size)) for content, size in pairs]
    raise EvenfuseError(f"{path} does not say which parts were joined")
