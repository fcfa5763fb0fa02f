"""A download in progress: the bytes so far, and the version of the file that they belong to."""

from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from requests import Response

from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, write_json


class LostError(Exception):
    """The connection failed, not the file: trying again may help."""


@dataclass(frozen=True)
class Version:
    """What distinguishes one version of a file from another, as far as the server tells."""

    address: str
    validator: str | None = None
    length: int | None = None

    @classmethod
    def read(cls, path: Path) -> "Version":
        """Read a version; raise EvenfuseError if there is none."""
        match read_json(path):
            case {
                "address": str(address),
                "validator": str() | None as validator,
                "length": int() | None as length,
            }:
                return cls(address, validator, length)
        raise EvenfuseError(f"{path} does not say which version of a file it is about")


class Partial:
    """The files FILE.part and FILE.part.json in a store; they outlive the process."""

    def __init__(self, file: Path):
        self.path = file.with_name(f"{file.name}.part")
        self._about = file.with_name(f"{file.name}.part.json")
        self.version = Version("")
        with suppress(EvenfuseError):  # unreadable: these bytes cannot be continued
            self.version = Version.read(self._about)

    def size(self) -> int:
        """Return the number of bytes so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def complete(self, address: str) -> bool:
        """Return whether all bytes of this address have arrived."""
        length = self.version.length
        return self.version.address == address and length is not None and self.size() == length

    def continuation(self, address: str) -> dict[str, str]:
        """Return the headers that request the missing rest, or none to request the whole file."""
        version, size = self.version, self.size()
        same_file = version.address == address and version.validator
        if not same_file or not size or size >= (version.length or 0):
            return {}
        return {"Range": f"bytes={size}-", "If-Range": str(version.validator)}

    def begin(self, address: str, answer: Response, length: int | None) -> None:
        """Prepare for the bytes of an answer: the rest of the file (206), or all of it (200).

        Raises:
            LostError: if the answer is a part that does not continue the bytes so far.
        """
        if answer.status_code == 206:
            self._continues(answer)
            return
        self.forget()
        self.version = Version(address, _validator(answer), length)
        write_json(self._about, asdict(self.version))
        self.path.touch()

    def _continues(self, answer: Response) -> None:
        given = answer.headers.get("Content-Range", "")
        first, total = f"bytes {self.size()}-", f"/{self.version.length}"
        same = _validator(answer) in (None, self.version.validator)
        if not (given.startswith(first) and given.endswith(total) and same):
            self.forget()
            raise LostError(f"the server sent '{given}', which is not the rest of the same file")

    def forget(self) -> None:
        """Delete the bytes so far."""
        self.path.unlink(missing_ok=True)
        self._about.unlink(missing_ok=True)
        self.version = Version("")

    def become(self, file: Path) -> None:
        """Rename the complete download to `file`."""
        self.path.replace(file)
        self.forget()


def _validator(answer: Response) -> str | None:
    tag = answer.headers.get("ETag", "")
    strong = tag if tag and not tag.startswith("W/") else None  # If-Range allows no weak tag
    return strong or answer.headers.get("Last-Modified")
