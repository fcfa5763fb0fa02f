"""evenfuse data: the data files, where they come from, and which are on this machine."""

from itertools import groupby
from pathlib import Path

import click
from tabulate import tabulate

from evenfuse.commands.fetching_ahead import fetch_ahead
from evenfuse.commands.overlays import config_option
from evenfuse.downloads.catalog import DOWNLOADS, CatalogEntry, Check, find, listed
from evenfuse.downloads.hashes import Pins
from evenfuse.errors import EvenfuseError, choose
from evenfuse.planning.routes import decide
from evenfuse.settings.config import Config
from evenfuse.settings.reading import read


@click.group()
def command() -> None:
    """Show where data files come from, on what terms, and which are here; fetch them ahead."""


@command.command("list")
@config_option
def list_(files: list[Path]) -> None:
    """List every corpus with its terms and its files."""
    config = read(files, decide)
    for origin, group in groupby(listed(config), key=lambda file: file.origin):
        entries = list(group)
        about = [*_terms(config, origin), *_unofficial(entries)]
        click.echo("\n".join([origin, *about, "", _table(entries), ""]))


@command.command()
@config_option
def check(files: list[Path]) -> None:
    """Show for every file whether it is missing, partial or present, and verify its hash."""
    config = read(files, decide)
    mirror = Path(config.mirror) if config.mirror else None
    wrong: list[Check] = []
    for file in listed(config):
        for result in find(file, mirror):
            click.echo(f"{file.key}: {result.finding}")
            wrong += [result] if result.wrong else []
    if wrong:
        names = ", ".join(dict.fromkeys(result.file.key for result in wrong))
        raise EvenfuseError(f"wrong files: {names}; delete them and fetch them again")


@command.command()
@click.argument("corpora", nargs=-1, required=True, metavar="CORPUS...")
@config_option
def fetch(corpora: tuple[str, ...], files: list[Path]) -> None:
    """Download all files of each CORPUS that the config's datasets use, before they are needed.

    Nothing is begun if the disk has no room for all of it. For example:

    evenfuse data fetch sims mosi
    """
    config = read(files, decide)
    used = [file for file in listed(config) if file.datasets]
    known = dict.fromkeys(file.origin for file in used)
    for corpus in dict.fromkeys(corpora):
        choose("corpus", corpus, known)
    fetch_ahead(config, [file for file in used if file.origin in corpora])


@command.command()
@click.argument("cache", type=Path)
def describe(cache: Path) -> None:
    """Show what the folder CACHE contains, and draw it to contents.svg and contents.png in it.

    evenfuse data describe data/cache/demo
    """
    # matplotlib and pandas, for this subcommand alone
    from evenfuse.report.cache import describe as described
    from evenfuse.report.cache import label_columns, plot_cache, read_splits

    splits, provenance = read_splits(cache)
    columns = label_columns(splits, provenance)
    click.echo(described(splits, provenance, columns))
    plot_cache(splits, columns, cache / "contents")
    click.echo(f"\nfigure: {cache / 'contents.svg'}, {cache / 'contents.png'}")


def _terms(config: Config, origin: str) -> list[str]:
    entry = config.sources.get(origin)
    if entry is None:
        return ["  terms unknown: the config's sources have no entry for it"]
    shown = entry.model_dump(exclude={"files"})
    return [f"  {name}: {value}" for name, value in shown.items() if value]


def _hash(file: CatalogEntry) -> str:
    later = "pinned at the first download" if file.source.addresses else "unknown"
    return file.source.sha256 or Pins(DOWNLOADS).get(file.key) or later


def _places(file: CatalogEntry) -> str:
    unofficial = len(file.source.mirrors())
    return f"{len(file.source.addresses)}{f' + {unofficial} unofficial' if unofficial else ''}"


def _unofficial(entries: list[CatalogEntry]) -> list[str]:
    return [
        f"  unofficial mirror of {file.name}, held to its SHA-256: {address}"
        for file in entries
        for address in file.source.mirrors()
    ]


def _table(entries: list[CatalogEntry]) -> str:
    rows = [
        (
            file.name,
            _places(file),
            file.source.size or "unknown",
            _hash(file),
            ", ".join(file.datasets) or "none",
        )
        for file in entries
    ]
    headers = ("file", "addresses", "bytes", "SHA-256", "used by")
    return tabulate(rows, headers, tablefmt="simple", disable_numparse=True)
