"""evenfuse fake: generated files in the form of a real data set."""

from pathlib import Path

import click

from evenfuse.commands.options import SEED
from evenfuse.generation.mmsa import generate_mmsa
from evenfuse.generation.mult import generate_mult
from evenfuse.generation.sdk_sets import generate_csd

FORMATS = {
    "mosi": ("mmsa", "csd"),
    "mosei": ("mmsa", "csd"),
    "sims": ("mmsa",),
    "iemocap": ("mult",),
}


@click.command()
@click.argument("dataset", type=click.Choice(list(FORMATS)))
@click.option(
    "--format",
    "form",
    type=click.Choice(["mmsa", "mult", "csd"]),
    required=True,
    help="mult for iemocap, mmsa for the others, csd for mosi and mosei.",
)
@click.option(
    "--size",
    type=click.IntRange(3, 1_000_000),
    default=200,
    show_default=True,
    help="Total segments.",
)
@click.option("--aligned", is_flag=True, help="mmsa: one row of audio and video per token.")
@click.option("--seed", type=SEED, default=0, show_default=True)
@click.option("--output", type=Path, required=True, help="The pickle to write; for csd, a folder.")
def command(dataset: str, form: str, size: int, aligned: bool, seed: int, output: Path) -> None:
    """Generate files in the form of a real data set, to test the pipeline without the real data.

    Names, keys, shapes and widths are those of the real files; the labels are a known function of
    the content:

    evenfuse fake mosei --format mmsa --size 200 --output fake.pkl

    evenfuse fake mosi --format csd --size 200 --output FOLDER/mosi
    """
    _check(dataset, form, aligned, output)
    if form == "csd":
        sizes = generate_csd(output, dataset, size, seed)
    elif form == "mmsa":
        sizes = generate_mmsa(output, dataset, size, aligned, seed)
    else:
        sizes = generate_mult(output, size, seed)
    click.echo(", ".join(f"{count} {split}" for split, count in sizes.items()) + f" in {output}")


def _check(dataset: str, form: str, aligned: bool, output: Path) -> None:
    if form not in FORMATS[dataset]:
        raise click.UsageError(f"{dataset} comes as {' or '.join(FORMATS[dataset])}")
    if aligned and form != "mmsa":
        raise click.UsageError(f"--aligned is for mmsa, not for {form}")
    # writing a file over an existing folder would delete all that is in it
    if output.exists() and output.is_dir() != (form == "csd"):
        expected = "a folder" if form == "csd" else "a file"
        raise click.UsageError(f"--output {output} should be {expected} for {form}")
