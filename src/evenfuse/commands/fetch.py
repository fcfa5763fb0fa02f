"""evenfuse fetch: one data file, from a folder or the web."""

from pathlib import Path

import click

from evenfuse.datasets.csd import check_csd
from evenfuse.downloads import sdk
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import FileSpec, check_not_empty
from evenfuse.settings.sources import Source
from evenfuse.settings.strict import parse


@click.command()
@click.argument("target", type=Path)
@click.option("--store", type=Path, required=True, help="Folder that keeps downloads.")
@click.option("--folder", "folders", type=Path, multiple=True, help="Look here first.")
@click.option("--address", "addresses", multiple=True, help="http, https or file; tried in order.")
@click.option("--sdk", "dataset", help="Also try the SDK's address in this data set: CMU_MOSI.")
@click.option("--size", type=click.IntRange(1), help="Expected number of bytes.")
@click.option("--sha256", help="Expected hash; without it, that of the first download.")
def command(
    target: Path,
    store: Path,
    folders: tuple[Path, ...],
    addresses: tuple[str, ...],
    dataset: str | None,
    size: int | None,
    sha256: str | None,
) -> None:
    """Fetch a file to TARGET, under whose name it is looked for.

    An interrupted download continues where it stopped. For example:

    evenfuse fetch data/raw/mosi/CMU_MOSI_COVAREP.csd --store data/downloads/mosi --sdk CMU_MOSI
    """
    tried = [*addresses, *(sdk.address(dataset, target.name) if dataset else [])]
    source = parse(Source, {"addresses": tried, "size": size, "sha256": sha256}, target.name)
    check = check_csd if target.suffix == ".csd" else check_not_empty
    origin = fetch(target, folders, FileSpec(target.name, source, store, check))
    click.echo(f"{target} from {origin}")
