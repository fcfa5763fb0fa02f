"""Whether a disk has room for what is to be downloaded, before that begins."""

import shutil
from pathlib import Path

from evenfuse.files import DiskFullError


def check_space(folder: Path, needed: int) -> None:
    """Raise DiskFullError if the disk of a folder, made or not yet, has fewer free bytes."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise DiskFullError(
            f"the disk of {folder} has {in_gb(free)} free, but {in_gb(needed)} are needed; free "
            "some space, or work in a folder on a larger disk"
        )


def in_gb(count: int) -> str:
    """Return a number of bytes as GB, or as MB if they are few."""
    return f"{count / 1e9:.1f} GB" if count >= 1e8 else f"{count / 1e6:.1f} MB"
