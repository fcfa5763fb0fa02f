"""evenfuse generate: the demo corpus."""

from pathlib import Path

import click

from evenfuse.commands.options import SEED, each_once
from evenfuse.generation.demo import generate


@click.command()
@click.option("--output", type=Path, required=True, help="Folder for the files.")
@click.option(
    "--videos",
    type=click.IntRange(6, 10_000),
    default=93,
    show_default=True,
    help="CMU-MOSI has 93.",
)
@click.option("--seed", type=SEED, default=0, show_default=True)
@click.option(
    "--silent",
    type=click.Choice(["audio", "video"]),
    multiple=True,
    callback=each_once,
    help="A modality that carries nothing; its share of the label is left out.",
)
def command(output: Path, videos: int, seed: int, silent: tuple[str, ...]) -> None:
    """Generate the demo corpus: .csd files whose labels are a known function of the content."""
    generate(output, videos, seed, silent)
    click.echo(f"{videos} generated videos in {output}")
