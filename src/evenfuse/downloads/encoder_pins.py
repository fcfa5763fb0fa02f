"""What the name of a text encoder stood for when it was first fetched."""

from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock

from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, write_json


@dataclass(frozen=True)
class Pin:
    """Which files a name stands for: their commit on the hub, and their digest."""

    commit: str
    digest: str


class EncoderPins:
    """A JSON file: NAME or NAME@REVISION -> what it stood for when it was first fetched."""

    def __init__(self, path: Path):
        self.path = path

    def get(self, name: str) -> Pin | None:
        """Return the pin of a name, if it has one.

        Raises:
            EvenfuseError: if the file is no table of pins.
        """
        match self._read().get(name):
            case None:
                return None
            case {"commit": str(commit), "digest": str(digest)}:
                return Pin(commit, digest)
        raise EvenfuseError(f"{self.path} has no commit and digest for '{name}'; delete this entry")

    def pin(self, name: str, pin: Pin) -> None:
        """Pin a name."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(self.path.with_name(f".{self.path.name}.lock")):
            write_json(self.path, dict(sorted({**self._read(), name: asdict(pin)}.items())))

    def _read(self) -> dict[str, object]:
        pins = read_json(self.path) if self.path.exists() else {}
        if not isinstance(pins, dict):
            raise EvenfuseError(f"{self.path} is no table of text encoders; delete it")
        return pins
