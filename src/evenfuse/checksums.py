"""Checksums inside files and folders, by which a reader sees that nothing has changed.

A folder holds SHA256SUMS with the digests of its files; `sha256sum --check` reads it as well. A
single file holds a seal: a text, somewhere in it, with the SHA-256 of the file as it would be with
zeros in place of the digits. Every format that can hold a text can be sealed.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from evenfuse.damage import DamagedError

SUMS = "SHA256SUMS"
ZEROS = "0" * 64
LABEL = "SHA-256 of this file with zeros here: "
HALVES = LABEL[:19], LABEL[19:]
SEAL = LABEL + ZEROS
"""What is written where the seal shall be, after all content that could hold the same text."""


def seal(path: Path) -> None:
    """Fill in the digits of a file that holds `SEAL`."""
    content = path.read_bytes()
    place = content.rindex(SEAL.encode()) + len(LABEL)
    with path.open("r+b") as file:
        file.seek(place)
        file.write(hashlib.sha256(content).hexdigest().encode())


def read_sealed(path: Path) -> bytes:
    """Return the content of a file, whose seal must be right, if it has one.

    Other software writes none. A seal whose label is damaged is still known by half of it.

    Raises:
        DamagedError: if the seal is not that of this content.
        OSError: if the file cannot be read.
    """
    content = path.read_bytes()
    if not any(half.encode() in content for half in HALVES):
        return content
    before, label, after = content.rpartition(LABEL.encode())
    digits, rest = after[: len(ZEROS)], after[len(ZEROS) :]
    blank = b"".join([before, label, ZEROS.encode(), rest])
    if hashlib.sha256(blank).hexdigest().encode() != digits:
        raise DamagedError("its checksum is wrong")
    return content


def write_sums(folder: Path, known: Mapping[str, str] | None = None) -> None:
    """Write SHA256SUMS for all other files below a folder; do not compute `known` digests again."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in files if path != folder / SUMS]
    sums = {name: (known or {}).get(name) or _sha256(folder / name) for name in names}
    lines = [f"{digest}  {name}" for name, digest in sums.items()]
    (folder / SUMS).write_text("\n".join([*lines, f"# {SEAL}\n"]), encoding="utf-8")
    seal(folder / SUMS)


def check_sums(folder: Path, *names: str) -> None:
    """Check all files that SHA256SUMS of a folder lists, or only those of these names.

    Raises:
        DamagedError: if a file is missing or not as it was written.
        OSError: if the folder is missing or a file cannot be read.
    """
    sums = read_sums(folder)
    for name in names or sums:
        try:
            found = _sha256(folder / name)
        except FileNotFoundError:
            raise DamagedError(f"its {name} is missing") from None
        if found != sums.get(name):
            raise DamagedError(f"the checksum of its {name} is wrong")


def read_sums(folder: Path) -> dict[str, str]:
    """Return file -> digest of all files that SHA256SUMS lists; raise as `check_sums`."""
    try:
        content = read_sealed(folder / SUMS)
    except DamagedError as error:
        raise DamagedError(f"{SUMS}: {error}") from None
    except FileNotFoundError:
        folder.stat()  # a folder that is not there is missing, not damaged
        raise DamagedError(f"its {SUMS} is missing") from None
    *lines, last = content.decode(errors="replace").splitlines() or [""]
    if not last.startswith(f"# {LABEL}"):
        raise DamagedError(f"its {SUMS} is not whole")
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
