"""The base of all records: what a command writes as JSON is read by the same type."""

import json
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from evenfuse.checksums import SEAL, read_sealed, seal
from evenfuse.damage import DamagedError, ForeignError, reading
from evenfuse.errors import EvenfuseError
from evenfuse.files import json_text, write_aside
from evenfuse.settings.strict import Strict


class Record(Strict):
    """Something that a command has found out, in a JSON file that other commands read."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the file.

        Raises:
            EvenfuseError: if it is missing, cannot be read, is damaged or no such record. What this
                project wrote is then set aside, so that the workflow makes a new one.
        """
        with reading("file", path):
            values = _json(path)
            sealed = isinstance(values, dict) and values.pop("seal", None)
            try:
                return cls.parse(values)
            except DamagedError as error:
                if sealed:
                    raise
                raise ForeignError(error) from None

    @classmethod
    def parse(cls, values: Any) -> Self:
        """Read plain values that come from a file.

        Raises:
            DamagedError: if they are no such record; names the key.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            reason = _reason(error.errors()[0])
        except EvenfuseError as error:
            reason = str(error)
        raise DamagedError(reason)

    def write(self, path: Path) -> None:
        """Write the file, sealed, whole or not at all."""
        with write_aside(path) as aside:
            aside.write_text(json_text({**self.values(), "seal": SEAL}), encoding="utf-8")
            seal(aside)

    def values(self) -> dict[str, Any]:
        """Return the plain values that the file holds."""
        return self.model_dump(mode="json", by_alias=True)


class Computed(Record):
    """A record with the software that computed it."""

    git_commit: str | None
    versions: dict[str, str]


def _json(path: Path) -> Any:
    try:
        return json.loads(read_sealed(path))
    except (ValueError, RecursionError) as error:
        # a file of ours that is cut short has lost its seal, but not its name
        kind = DamagedError if path.suffix == ".json" else ForeignError
        raise kind(f"it is not JSON: {error}") from None


def _reason(error: ErrorDetails) -> str:
    key = ".".join(str(part) for part in error["loc"])
    if error["type"] == "missing":
        return f"the key '{key}' is missing"
    if error["type"] == "extra_forbidden":
        return f"the key '{key}' is unknown"
    return f"the key '{key}' is wrong ({error['msg']})"
