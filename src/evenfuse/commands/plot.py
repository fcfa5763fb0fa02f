"""evenfuse plot: what runs and arms left -> a figure."""

import json
from pathlib import Path

import click

from evenfuse import parts
from evenfuse.commands.options import by_need
from evenfuse.report.material import Material
from evenfuse.settings.figures import Figure
from evenfuse.settings.strict import parse
from evenfuse.settings.titles import Titles


@click.command()
@click.argument("files", nargs=-1, required=True, callback=by_need)
@click.option("--figure", "entry", required=True, help="JSON of the figure's entry in the config.")
@click.option("--titles", required=True, help="JSON of titles, published names, comparisons.")
@click.option("--output", type=Path, required=True, help="Path without .svg and .png.")
def command(files: dict[str, list[Path]], entry: str, titles: str, output: Path) -> None:
    """Draw the figure that an entry asks for.

    FILES are NEED=FILE, of every need that its kind has: epochs=epochs.parquet, for example, with
    run.json beside it.
    """
    figure: Figure = parts.parse_part("figures", json.loads(entry), "figure")
    called = parse(Titles, json.loads(titles), "titles")
    parts.code("figures", figure.kind).draw(figure, Material(files), called, output)
