"""Caches copied to a folder of the node that computes, where its file system is slow or shared."""

import shutil
from pathlib import Path

from filelock import FileLock

from evenfuse.cache.reading import read_fingerprint
from evenfuse.files import write_aside


def staged(cache: Path, folder: Path | None) -> Path:
    """Return a copy of a cache in a folder, made if it is not there yet; without a folder, itself.

    The copy's name holds the digest of the content, so that a cache that was made anew is copied
    anew. Processes that ask at once copy once. Reading checks the copy by its checksums.

    Raises:
        EvenfuseError: if the cache is missing, damaged or of another schema.
        DiskFullError: if the folder has too little space.
    """
    if folder is None:
        return cache
    copy = folder / f"{read_fingerprint(cache)[:16]}-{cache.name}"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(copy.with_suffix(".lock")):
        if not copy.exists():
            with write_aside(copy) as aside:
                shutil.copyfile(cache, aside)
    return copy
