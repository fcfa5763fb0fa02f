"""Files that are written completely or not at all, JSON, and digests of files."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from evenfuse.errors import EvenfuseError

FULL = ("No space left", "quota exceeded")


class DiskFullError(EvenfuseError):
    """Nothing more can be written until some space is freed."""


@contextmanager
def write_aside(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write a file or folder to, then rename it to `target`.

    If anything goes wrong, nothing half-written stays, nor a folder that was made for it, and an
    existing `target` is unchanged.

    Raises:
        DiskFullError: if the disk is full.
        EvenfuseError: if nothing can be written beside `target`, or it is a device or a pipe.
    """
    if is_special(target):  # as root, a device could be replaced
        raise EvenfuseError(f"{target} is a device or a pipe; name a file to write to")
    aside = target.with_name(f".{target.name}.{os.getpid()}.part")
    with _made_writable(target.parent):
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
def _made_writable(folder: Path) -> Iterator[None]:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    make_writable(folder)
    try:
        yield
    except BaseException:
        for path in missing:
            with suppress(OSError):  # somebody else has written there
                path.rmdir()
        raise


@contextmanager
def disk_full_as_error(target: Path) -> Iterator[None]:
    """Raise DiskFullError if the disk fills up while `target` is written."""
    try:
        yield
    except Exception as error:
        # libraries wrap the operating system's error in their own
        if any(sign in str(error) for sign in FULL):
            reason = f"the disk is full: {target} was not written; free some space and run again"
            raise DiskFullError(reason) from None
        raise


def make_writable(folder: Path) -> None:
    """Make a folder, if it is not there; raise as `check_writable`."""
    check_writable(folder)
    folder.mkdir(parents=True, exist_ok=True)


def check_writable(folder: Path) -> None:
    """Write to a folder for an instant, or to where it will be made: before anything costly runs.

    Raises:
        EvenfuseError: if nothing can be written there.
    """
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
        with disk_full_as_error(folder):
            tempfile.TemporaryFile(dir=there).close()
    except OSError as error:
        raise EvenfuseError(
            f"nothing can be written to the folder {folder} ({error.strerror}); make it writable "
            "and run the same command again"
        ) from None


def write_json(target: Path, content: Any) -> None:
    """Write indented JSON; NaN and infinity raise ValueError."""
    with write_aside(target) as aside:
        aside.write_text(json_text(content), encoding="utf-8")


def json_text(content: Any) -> str:
    """Return indented JSON; NaN and infinity raise ValueError."""
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def read_json(path: Path) -> Any:
    """Read JSON.

    Raises:
        EvenfuseError: if the file does not exist, cannot be read, or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except OSError as error:
        raise EvenfuseError(f"{path} cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
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


def is_special(path: Path) -> bool:
    """Return whether a path is there, but neither a file nor a folder: a device, a pipe."""
    return path.exists() and not (path.is_file() or path.is_dir())


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
        raise EvenfuseError(f"{path} cannot be read ({error.strerror})") from None


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
