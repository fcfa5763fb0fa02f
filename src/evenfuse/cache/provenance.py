"""Where the content of a cache file comes from."""

import json
from pathlib import Path

from evenfuse.cache.reading import opened
from evenfuse.records.caches import CacheProvenance


def read_provenance(path: Path) -> CacheProvenance:
    """Read what a cache file says of its own making.

    Raises:
        EvenfuseError: if the file is missing or damaged, or says something else.
    """
    with opened(path) as file:
        return CacheProvenance.parse(json.loads(file.attrs["provenance"]))
