"""Which of its formats a dataset is read in: that of its cache, or the first that can be had.

One decision for a dataset and all that is made of it. Once there is a cache, it stands as long as
the config lists the format, so that no later call of the workflow mixes two.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from evenfuse.planning.files import CACHE, SPLITS
from evenfuse.planning.sources import PlannedFile
from evenfuse.settings.config import Config
from evenfuse.settings.routes import Route


def decide(config: Config, dataset: str) -> Route:
    """Return the format of a dataset whose files can be had with the least effort.

    It is that of the cache; else the first whose files have all been fetched; else the first whose
    files are all on this machine; else the first of which the others can be downloaded and did not
    fail within a day; else the first with addresses. Of none of them, the first.
    """
    formats = config.dataset(dataset).format
    cached = _format_of_cache(dataset)
    if cached in formats:
        return Route(cached, f"data/cache/{dataset} was made from it; to decide anew, delete that")
    files = {form: _files(config, dataset, form) for form in formats}
    for can_be_had, reason in WAYS.items():
        for form in formats:
            if all(map(can_be_had, files[form])):
                return Route(form, f"it is the first of {', '.join(formats)} {reason}")
    return Route(formats[0], f"none of {', '.join(formats)} can be had")


def _files(config: Config, dataset: str, form: str) -> list[PlannedFile]:
    """Return the files that its cache is made from in a format."""
    taken = config.in_formats({dataset: form})
    return [PlannedFile(taken, dataset, name) for name in taken.dataset(dataset).raw_files()]


def _may_come(file: PlannedFile) -> bool:
    return file.is_here() or (file.can_come() and not file.has_failed())


WAYS: dict[Callable[[PlannedFile], bool], str] = {
    PlannedFile.is_fetched: "whose files are in data/raw",
    PlannedFile.is_here: "whose files are on this machine",
    _may_come: "whose files can be downloaded",
    PlannedFile.can_come: "whose files have addresses, though some download failed today",
}


def _format_of_cache(dataset: str) -> str:
    """Return the format of the files that a cache was made from, or "" if there is no cache."""
    paths = [Path(CACHE.format(dataset=dataset, split=split)) for split in SPLITS]
    if not any(path.is_file() for path in paths):
        return ""
    import h5py  # only where there is something to read: it takes a tenth of a second

    for path in paths:
        # whoever reads a damaged one sets it aside
        with suppress(OSError, KeyError, ValueError, TypeError), h5py.File(path) as file:
            return str(json.loads(file.attrs["provenance"])["format"])
    return ""
