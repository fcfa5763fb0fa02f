"""All files of some corpora, downloaded before the workflow needs them."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import click

from evenfuse.commands.fetch import check_of
from evenfuse.downloads.ahead import Ahead, look_ahead, needed
from evenfuse.downloads.catalog import DOWNLOADS, CatalogEntry
from evenfuse.downloads.fetch import in_folders, keep, no_place
from evenfuse.downloads.space import check_space, in_gb
from evenfuse.downloads.specs import FileSpec
from evenfuse.settings.config import Config


def fetch_ahead(config: Config, files: Sequence[CatalogEntry]) -> None:
    """Say how much there is to download, see that the disk has room, and download it.

    Raises:
        DiskFullError: if there is no room for all; then nothing is begun.
        EvenfuseError: if a file has no address, or is to be signed for; then neither. As `fetch`,
            at the first file that cannot be had.
    """
    mirror = [Path(config.mirror)] if config.mirror else []
    wanted = [_wanted(config, file) for file in files]
    missing = [file for file in wanted if not _is_here(file, mirror)]
    for file in missing:
        if not file.places:
            raise no_place(file)
    ahead = [look_ahead(file) for file in missing]
    for corpus, group in groupby(ahead, key=lambda file: file.wanted.store.name):
        click.echo(f"{corpus}: {_amount(list(group))}")
        if corpus in config.sources:
            click.echo(f"terms of {corpus}: {config.sources[corpus].terms()}")
    check_space(DOWNLOADS, needed(ahead))
    for file in missing:
        click.echo(f"{file.kept} from {keep(file)}")
    click.echo(f"{len(wanted)} files are here, {len(missing)} of them new")


def _wanted(config: Config, file: CatalogEntry) -> FileSpec:
    largest, unsigned = int(config.largest_download_gb * 1e9), config.unsigned(file.origin)
    store = DOWNLOADS / file.origin
    return FileSpec(file.name, file.source, store, check_of(file.name), largest, unsigned)


def _is_here(wanted: FileSpec, mirror: list[Path]) -> bool:
    return any(path.is_file() for path in (wanted.kept, *in_folders(mirror, wanted)))


def _amount(files: Sequence[Ahead]) -> str:
    known = sum(file.size or 0 for file in files)
    unknown = sum(file.size is None for file in files)
    sizes = [in_gb(known)] if known else []
    sizes += [f"{unknown} of unknown size"] if unknown else []
    count = f"{len(files)} {'file' if len(files) == 1 else 'files'}"
    return f"{count} to download, {' and '.join(sizes)}"
