"""evenfuse fetch: one data file, from a folder or the web."""

from collections.abc import Callable
from pathlib import Path

import click

from evenfuse import sdk
from evenfuse.datasets.csd_file import check_csd
from evenfuse.downloads.fetch import fetch
from evenfuse.downloads.specs import LARGEST, FileSpec, check_data
from evenfuse.errors import EvenfuseError
from evenfuse.pickles.loading import load_pickle
from evenfuse.settings.sources import SCHEMES, Source
from evenfuse.settings.strict import parse


def check_pickle(path: Path) -> None:
    """Raise EvenfuseError unless a fetched file is a pickle that can be read as data."""
    check_data(path)
    try:
        load_pickle(path)
    except EvenfuseError as error:
        raise EvenfuseError(f"it {str(error).removeprefix(f'{path} ')}") from None


CHECKS = {".csd": check_csd, ".pkl": check_pickle}


def check_of(name: str) -> Callable[[Path], None]:
    """Return how the content of a file of this name is checked."""
    return CHECKS.get(Path(name).suffix, check_data)


@click.command()
@click.argument("target", type=Path)
@click.option("--store", type=Path, required=True, help="Folder that keeps downloads.")
@click.option("--folder", "folders", type=Path, multiple=True, help="Look here first.")
@click.option("--address", "addresses", multiple=True, help="http, https, file or hf; in order.")
@click.option(
    "--unofficial", multiple=True, help="Tried last, if the hash is given: it is not its authors'."
)
@click.option("--sdk", "dataset", help="Also try the SDK's address in this data set: CMU_MOSI.")
@click.option("--size", type=click.IntRange(1), help="Expected number of bytes.")
@click.option(
    "--largest-gb",
    type=click.FloatRange(0, min_open=True),
    default=LARGEST / 1e9,
    show_default=True,
    help="Stop a longer download here.",
)
@click.option("--unsigned", default="", help="To be signed before it is downloaded, and where.")
@click.option("--terms", default="", help="Printed with a download.")
@click.option("--sha256", help="Expected hash; without it, that of the first download.")
def command(
    target: Path,
    store: Path,
    folders: tuple[Path, ...],
    addresses: tuple[str, ...],
    unofficial: tuple[str, ...],
    dataset: str | None,
    size: int | None,
    largest_gb: float,
    unsigned: str,
    terms: str,
    sha256: str | None,
) -> None:
    """Fetch a file to TARGET, under whose name it is looked for.

    An interrupted download continues where it stopped. For example:

    evenfuse fetch data/raw/mosi/CMU_MOSI_COVAREP.csd --store data/downloads/mosi --sdk CMU_MOSI
    """
    tried = [*addresses, *(sdk.address(dataset, target.name) if dataset else [])]
    known = {"addresses": tried, "unofficial": unofficial, "size": size, "sha256": sha256}
    source = parse(Source, known, target.name)
    check = check_of(target.name)
    wanted = FileSpec(target.name, source, store, check, int(largest_gb * 1e9), unsigned)
    origin = fetch(target, folders, wanted)
    click.echo(f"{target} from {origin}")
    if terms and origin.startswith(SCHEMES):
        click.echo(f"terms of {store.name}: {terms}")
