"""Files that are written completely or not at all, JSON, and digests of files."""

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evenfuse.errors import EvenfuseError


class DiskFullError(EvenfuseError):
    """Nothing more can be written until some space is freed."""


@contextmanager
def write_aside(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write a file or folder to, then rename it to `target`.

    If anything goes wrong, nothing half-written stays and an existing `target` is unchanged.

    Raises:
        DiskFullError: if the disk is full.
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
    """Raise DiskFullError if the disk fills up while `target` is written."""
    try:
        yield
    except Exception as error:
        # libraries wrap the operating system's error in their own
        if "No space left" in str(error):
            reason = f"the disk is full: {target} was not written; free some space and run again"
            raise DiskFullError(reason) from None
        raise


def write_json(target: Path, content: Any) -> None:
    """Write indented JSON; NaN and infinity raise ValueError."""
    with write_aside(target) as aside:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
        aside.write_text(text + "\n", encoding="utf-8")


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        EvenfuseError: if the file does not exist or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise EvenfuseError(f"{path} is not JSON: {error}") from None


def check_readable(path: Path) -> None:
    """Raise EvenfuseError unless the path is a file that can be read: no folder, pipe or device."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise EvenfuseError(f"{path} is not a file but a folder, a pipe or a device")
        path.open("rb").close()
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except OSError as error:
        raise EvenfuseError(f"{path} cannot be read ({error.strerror})") from None


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
