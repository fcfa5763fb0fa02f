"""Bring all bytes of an address into the store: of a file, or of the parts of one on the hub."""

from evenfuse.downloads.ahead import needed, still_to_come
from evenfuse.downloads.download import Patience, above, download
from evenfuse.downloads.hub import HubFile, find_files
from evenfuse.downloads.joining import Joined, download_parts
from evenfuse.downloads.partial import Partial
from evenfuse.downloads.space import check_space
from evenfuse.downloads.specs import FileSpec
from evenfuse.errors import EvenfuseError
from evenfuse.files import disk_full_as_error
from evenfuse.settings.sources import HUB


def arrive(address: str, wanted: FileSpec, patience: Patience) -> Partial | Joined:
    """Download an address into the store, and return what is there to be accepted.

    Raises:
        EvenfuseError: as `download`, `find_files` and `download_parts`.
        DiskFullError: if the disk has no room for all of it, or fills up; the next call continues.
        OSError: for an answer that is an error (of requests).
    """
    with disk_full_as_error(wanted.kept):
        if not address.startswith(HUB):
            return _whole(address, wanted.source.size, wanted, patience)
        parts = find_files(address, Partial(wanted.store / f"{wanted.name}.list"), patience)
        _check_size(parts, wanted)
        if len(parts) > 1:
            sizes = [part.size or 0 for part in parts]
            check_space(wanted.store, needed([still_to_come(wanted, sizes)]))
            return download_parts(parts, wanted.kept, wanted.largest, patience)
        return _whole(parts[0].address, parts[0].size, wanted, patience)


def _whole(address: str, size: int | None, wanted: FileSpec, patience: Patience) -> Partial:
    partial = Partial(wanted.kept)
    download(address, partial, size, wanted.largest, patience)
    return partial


def _check_size(parts: list[HubFile], wanted: FileSpec) -> None:
    """Refuse a wrong size before anything is downloaded, as far as the hub tells sizes."""
    total, size = sum(part.size or 0 for part in parts), wanted.source.size
    if size is not None and all(part.size is not None for part in parts) and total != size:
        raise EvenfuseError(f"the hub has {total} bytes, not {size}")
    if size is None and total > wanted.largest:
        raise EvenfuseError(f"the hub has {total} bytes; {above(wanted.largest)}")
