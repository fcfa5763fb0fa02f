"""Files that appear whole or not at all, and their digests."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evenfuse.errors import EvenfuseError


class DiskFullError(EvenfuseError):
    """Nothing can be written until somebody frees some space."""


@contextmanager
def write_aside(target: Path) -> Iterator[Path]:
    """Give a path beside `target` to write a file or a folder to; rename it when all went well.

    Raises:
        DiskFullError: if the disk is full. Whatever goes wrong, nothing half-written stays and an
            earlier `target` is left as it was.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    _remove(aside)
    try:
        with disk_full_as_error(target):
            yield aside
            if target.is_dir():
                _remove(target)
            aside.replace(target)
    finally:
        _remove(aside)


@contextmanager
def disk_full_as_error(target: Path) -> Iterator[None]:
    """Turn a full disk, met while `target` is written, into its one sentence: DiskFullError."""
    try:
        yield
    except Exception as error:
        # libraries wrap the operating system's error in their own
        if "No space left" in str(error):
            reason = f"the disk is full: {target} was not written; free some space and run again"
            raise DiskFullError(reason) from None
        raise


def write_json(target: Path, content: Any) -> None:
    """Write JSON for people and programs: indented, and NaN is an error."""
    with write_aside(target) as aside:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        aside.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        EvenfuseError: if the file is not there or not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise EvenfuseError(f"{path} is not JSON: {error}") from None


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal.

    Raises:
        EvenfuseError: if the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except OSError as error:
        raise EvenfuseError(f"{path} cannot be read ({error})") from None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
