"""evenfuse import-pickle: a pickle of padded arrays -> one cache per split."""

from pathlib import Path

import click

from evenfuse.datasets.mmsa import read_mmsa
from evenfuse.datasets.mult import read_mult
from evenfuse.provenance import versions
from evenfuse.storage.files import sha256
from evenfuse.storage.splits import describe, write_splits


@click.command()
@click.argument("file", type=Path)
@click.option(
    "--format",
    "form",
    type=click.Choice(["mmsa", "mult"]),
    required=True,
    help="mmsa: MOSI, MOSEI, SIMS. mult: IEMOCAP.",
)
@click.option("--vectors", is_flag=True, help="Keep the 768 wide text vectors of mmsa, too.")
@click.option("--output", type=Path, required=True, help="Folder of train.h5, valid.h5, test.h5.")
def command(file: Path, form: str, vectors: bool, output: Path) -> None:
    """Cache a pickle that the field shares, per split; nothing that is hidden in it is run.

    evenfuse import-pickle unaligned_50.pkl --format mmsa --output cache
    """
    parts = read_mmsa(file, vectors) if form == "mmsa" else read_mult(file)
    provenance = {
        "sources": {form: {"file": file.name, "sha256": sha256(file)}},
        "versions": versions("evenfuse", "numpy", "h5py"),
    }
    click.echo(describe(write_splits(output, parts, provenance)))
