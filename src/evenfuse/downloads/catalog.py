"""The data files that the config names, and which of them are on this machine."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from evenfuse import sdk
from evenfuse.downloads.hashes import Pins, verify
from evenfuse.downloads.joining import Joined
from evenfuse.downloads.partial import Partial
from evenfuse.errors import EvenfuseError
from evenfuse.settings.config import Config
from evenfuse.settings.sources import Source

RAW, DOWNLOADS = Path("data/raw"), Path("data/downloads")


@dataclass(frozen=True)
class CatalogEntry:
    """A file of a corpus: its entry in `sources`, and the data sets that use it."""

    origin: str
    name: str
    source: Source
    datasets: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of the file among the pinned hashes."""
        return f"{self.origin}/{self.name}"


@dataclass(frozen=True)
class Check:
    """What is known about a file on this machine; `wrong` if it must not be used."""

    file: CatalogEntry
    finding: str
    wrong: bool = False


def listed(config: Config) -> list[CatalogEntry]:
    """Return every file that a dataset needs or that the table of sources lists."""
    known = {
        (origin, name): CatalogEntry(origin, name, source, ())
        for origin, entry in config.sources.items()
        for name, source in entry.files.items()
    }
    for dataset, name in _used(config):
        origin, data = config.origin(dataset), config.datasets[dataset]
        above = known.get((origin, name), CatalogEntry(origin, name, Source(), ()))
        more = sdk.address(data.sdk, name) if data.sdk else []
        addresses = list(dict.fromkeys([*above.source.addresses, *more]))
        source = above.source.model_copy(update={"addresses": addresses})
        known[origin, name] = CatalogEntry(origin, name, source, (*above.datasets, dataset))
    return sorted(known.values(), key=lambda file: file.key)


def _used(config: Config) -> Iterator[tuple[str, str]]:
    for dataset, data in config.datasets.items():
        if not data.generate:
            yield from ((dataset, name) for name in data.raw_files())


def find(file: CatalogEntry, mirror: Path | None) -> list[Check]:
    """Check every copy of a file on this machine; without a copy, say what is missing."""
    checks = [_judge(file, path) for path in _places(file, mirror)]
    return checks or [Check(file, _not_here(file))]


def _places(file: CatalogEntry, mirror: Path | None) -> Iterator[Path]:
    folders = [DOWNLOADS / file.origin, *(RAW / dataset for dataset in file.datasets)]
    folders += [mirror / file.origin, mirror] if mirror else []
    seen: list[Path] = []
    for path in (folder / file.name for folder in folders):
        if path.is_file() and not any(path.samefile(other) for other in seen):
            seen.append(path)
            yield path


def _judge(file: CatalogEntry, path: Path) -> Check:
    pins = Pins(DOWNLOADS)
    try:
        digest = verify(path, file.source, pins, file.key)
    except EvenfuseError as error:
        return Check(file, f"{path} is not the right file: {error}", wrong=True)
    if file.source.sha256:
        verdict = "verified, SHA-256 as published"
    elif pins.get(file.key):
        verdict = "verified, SHA-256 as first downloaded"
    else:
        verdict = "not verified: no SHA-256 is known"
    return Check(file, f"present in {path.parent}, {verdict} ({digest})")


def _not_here(file: CatalogEntry) -> str:
    partial, joined = Partial(DOWNLOADS / file.key), Joined(DOWNLOADS / file.key)
    if joined.size():
        return f"partial, {joined.size()} bytes of its first parts"
    if partial.size():
        length = partial.version.length
        return f"partial, {partial.size()} of {length or 'an unknown number of'} bytes"
    count = len(file.source.places())
    if not count:
        return "missing; download it manually"
    return f"missing; {count} known address{'' if count == 1 else 'es'}"
