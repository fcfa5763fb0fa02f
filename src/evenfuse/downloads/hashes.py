"""The hash that a file must have: the published one, or that of the first download."""

from pathlib import Path

from filelock import FileLock

from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, sha256, write_json
from evenfuse.settings.sources import Source

NAME = "hashes.json"


class Pins:
    """The file hashes.json: "corpus/file" -> SHA-256 of the first download."""

    def __init__(self, downloads: Path):
        self.path = downloads / NAME

    def get(self, key: str) -> str | None:
        """Return the pinned hash of a file, if there is one.

        Raises:
            EvenfuseError: if hashes.json is not a table of hashes.
        """
        return self._read().get(key)

    def pin(self, key: str, digest: str) -> None:
        """Pin the hash of a file, unless one is pinned already."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(f".{NAME}.lock")):
            pins = self._read()
            if key not in pins:
                write_json(self.path, dict(sorted({**pins, key: digest}.items())))

    def _read(self) -> dict[str, str]:
        pins = read_json(self.path) if self.path.exists() else {}
        if not isinstance(pins, dict):
            raise EvenfuseError(f'{self.path} should hold {{"corpus/file": SHA-256}}; delete it')
        return pins


def verify(path: Path, source: Source, pins: Pins, key: str) -> str:
    """Return the SHA-256 of a file after checking it against its source and the pinned hash.

    Raises:
        EvenfuseError: if its size or hash is not that of the config or of the first download.
    """
    if source.size is not None and path.stat().st_size != source.size:
        raise EvenfuseError(f"it has {path.stat().st_size} bytes, not {source.size}")
    digest, pinned = sha256(path), pins.get(key)
    if source.sha256 is not None and digest != source.sha256:
        raise EvenfuseError(f"its SHA-256 is {digest}, but the config has {source.sha256}")
    if source.sha256 is None and pinned is not None and digest != pinned:
        kept = pins.path.parent / key
        more = f", and delete {kept}" if kept.exists() and kept != path else ""
        raise EvenfuseError(
            f"its SHA-256 is {digest}, but that of the first download was {pinned}; "
            f"if the new file is right, delete '{key}' from {pins.path}{more}"
        )
    return digest
