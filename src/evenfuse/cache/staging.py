"""Caches copied to a local folder of the computing node, where shared storage is slow."""

import shutil
from pathlib import Path

from filelock import FileLock

from evenfuse.cache.reading import read_cache, read_fingerprint
from evenfuse.files import make_writable, write_aside


def staged(cache: Path, folder: Path | None) -> Path:
    """Return the copy of a cache in a folder, made if needed; without a folder, the cache itself.

    The name of the copy holds the digest of the content, so a cache with new content is copied
    again. Processes that ask at the same time make one copy. Reading verifies its checksums, and
    those of the cache are verified before it is copied, so that damage is found where it is.

    Raises:
        EvenfuseError: if the cache is missing, damaged or of another schema, or cannot be copied.
        DiskFullError: if the folder has too little space.
    """
    if folder is None:
        return cache
    copy = folder / f"{read_fingerprint(cache)[:16]}-{cache.name}"
    make_writable(folder)
    with FileLock(copy.with_suffix(".lock")):
        if not copy.exists():
            read_cache(cache, in_memory=False)
            with write_aside(copy) as aside:
                shutil.copyfile(cache, aside)
    return copy
