"""The base of all records: what a command writes as JSON is read by the same type."""

from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from evenfuse.errors import EvenfuseError
from evenfuse.files import read_json, write_json
from evenfuse.settings.strict import Strict


class Record(Strict):
    """Something that a command has found out, in a JSON file that other commands read."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            EvenfuseError: if it is not there or not such a record; names the file and the key.
        """
        return cls.parse(read_json(path), path)

    @classmethod
    def parse(cls, values: Any, path: Path) -> Self:
        """Read plain values that come from a file; raises as `read` does."""
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            reason = _reason(error.errors()[0])
        except EvenfuseError as error:
            reason = str(error)
        raise EvenfuseError(f"{path} cannot be used: {reason}; run the command that made it again")

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all."""
        write_json(path, self.values())

    def values(self) -> dict[str, Any]:
        """Return the plain values that the file holds."""
        return self.model_dump(mode="json", by_alias=True)


class Computed(Record):
    """A record with the software that computed it."""

    git_commit: str | None
    versions: dict[str, str]


def _reason(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"the key '{key}' is missing"
    if error["type"] == "extra_forbidden":
        return f"the key '{key}' is unknown"
    return f"the key '{key}' is wrong ({error['msg']})"
