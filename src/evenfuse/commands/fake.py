"""evenfuse fake: nothing -> a pickle in the form of a real data set."""

from pathlib import Path

import click

from evenfuse.generation.mmsa import FORMS, generate_mmsa
from evenfuse.generation.mult import generate_mult

FORMATS = {**dict.fromkeys(FORMS, "mmsa"), "iemocap": "mult"}


@click.command()
@click.argument("dataset", type=click.Choice(list(FORMATS)))
@click.option(
    "--format",
    "form",
    type=click.Choice(["mmsa", "mult"]),
    required=True,
    help="mult for iemocap, mmsa for the others.",
)
@click.option(
    "--size", type=click.IntRange(min=3), default=200, show_default=True, help="Segments in all."
)
@click.option("--aligned", is_flag=True, help="mmsa: one row of audio and video per token.")
@click.option("--seed", default=0, show_default=True)
@click.option("--output", type=Path, required=True, help="The pickle to write.")
def command(dataset: str, form: str, size: int, aligned: bool, seed: int, output: Path) -> None:
    """Make a pickle of generated segments, to try the way of a real one without having it.

    Keys, shapes and widths are the real file's, the labels a known function of the content:

    evenfuse fake mosei --format mmsa --size 200 --output fake.pkl
    """
    if FORMATS[dataset] != form:
        raise click.UsageError(f"{dataset} comes as {FORMATS[dataset]}")
    if form == "mmsa":
        sizes = generate_mmsa(output, dataset, size, aligned, seed)
    else:
        sizes = generate_mult(output, size, seed)
    click.echo(", ".join(f"{count} {split}" for split, count in sizes.items()) + f" in {output}")
