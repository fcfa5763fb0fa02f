"""evenfuse cache: a pickle of the field, or a manifest of one's own -> one cache per split."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click

from evenfuse.cache.segments import Segments
from evenfuse.cache.splits import describe, write_splits
from evenfuse.commands.options import published_option
from evenfuse.datasets.manifest import read_manifest
from evenfuse.datasets.mmsa import read_mmsa
from evenfuse.datasets.mult import read_mult
from evenfuse.files import sha256
from evenfuse.provenance import versions
from evenfuse.records.caches import Origin, Source

Parts = Iterable[tuple[str, Segments | None, Counter[str]]]


@click.command()
@click.argument("file", type=Path)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mmsa", "mult", "manifest"]),
    required=True,
    help="mmsa: MOSI, MOSEI, SIMS. mult: IEMOCAP. manifest: a table of your own.",
)
@click.option("--modality", "modalities", multiple=True, help="Keep this one; text is always kept.")
@published_option
@click.option("--output", type=Path, required=True, help="Folder of train.h5, valid.h5, test.h5.")
def command(
    file: Path, form: str, modalities: tuple[str, ...], published: dict[str, int], output: Path
) -> None:
    """Cache FILE per split, as it is: a pickle (nothing hidden in it is run) or a manifest.

    evenfuse cache unaligned_50.pkl --format mmsa --output cache

    evenfuse cache manifest.csv --format manifest --modality audio --output cache
    """
    wanted = [name for name in modalities if name != "text"]

    def origin() -> Origin:
        return Origin(
            sources={form: Source(file=file.name, sha256=sha256(file))},
            versions=versions("evenfuse", "numpy", "h5py"),
        )

    parts = _parts(file, form, wanted)
    click.echo(describe(write_splits(output, parts, published, origin)))


def _parts(file: Path, form: str, modalities: list[str]) -> Parts:
    if form == "manifest":
        return read_manifest(file, modalities)
    return read_mmsa(file, "vectors" in modalities) if form == "mmsa" else read_mult(file)
