"""evenfuse plot: what runs and arms left -> a figure."""

from pathlib import Path

import click

from evenfuse import parts
from evenfuse.commands.options import OBJECT, by_need
from evenfuse.report.material import Material
from evenfuse.settings.figures import Figure
from evenfuse.settings.strict import parse
from evenfuse.settings.titles import Titles
from evenfuse.settings.trees import Tree


@click.command()
@click.argument("files", nargs=-1, required=True, callback=by_need)
@click.option(
    "--figure",
    "entry",
    type=OBJECT,
    required=True,
    help="JSON of its entry in the config.",
)
@click.option("--titles", type=OBJECT, required=True, help="JSON of titles and comparisons.")
@click.option("--output", type=Path, required=True, help="Path without .svg and .png.")
def command(files: dict[str, list[Path]], entry: Tree, titles: Tree, output: Path) -> None:
    """Draw the figure that an entry asks for.

    FILES are NEED=FILE, of every need that its kind has: epochs=epochs.parquet, for example, with
    run.json beside it.
    """
    figure: Figure = parts.parse_part("figures", entry, "figure")
    called = parse(Titles, titles, "titles")
    parts.code("figures", figure.kind).draw(figure, Material(files), called, output)
