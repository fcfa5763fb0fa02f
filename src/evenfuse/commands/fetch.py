"""evenfuse fetch: one data file -> here, from a folder or the web."""

from pathlib import Path

import click

from evenfuse.datasets.csd import check_csd
from evenfuse.storage import sdk
from evenfuse.storage.fetch import check_not_empty, fetch, keep


@click.command()
@click.argument("target", type=Path)
@click.option("--folder", "folders", type=Path, multiple=True, help="Look here first.")
@click.option("--sdk", "dataset", help="Ask the SDK for the address, e.g. CMU_MOSI.")
@click.option("--store", type=Path, help="Folder that keeps downloads; looked through last.")
def command(
    target: Path, folders: tuple[Path, ...], dataset: str | None, store: Path | None
) -> None:
    """Bring the file TARGET here; its name says which one it is.

    evenfuse fetch data/raw/mosi/CMU_MOSI_COVAREP.csd --sdk CMU_MOSI
    """
    listed = sdk.addresses(dataset) if dataset else {}
    addresses = [listed[target.name]] if target.name in listed else []
    check = check_csd if target.suffix == ".csd" else check_not_empty
    kept = [store] if store and (store / target.name).exists() else []
    origin = fetch(target, [*folders, *kept], addresses, check)
    if store and origin in addresses:
        keep(target, store)
    click.echo(f"{target} from {origin}")
