"""evenfuse plot: histories of runs -> a figure."""

import json
from pathlib import Path

import click

from evenfuse.report.arms import read_histories
from evenfuse.report.curves import plot
from evenfuse.report.titles import read_titles
from evenfuse.settings.strict import parse
from evenfuse.settings.study import Figure


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True)
@click.option("--figure", required=True, help="JSON of the figure's entry in the config.")
@click.option("--titles", required=True, help="JSON of titles, published names, comparisons.")
@click.option("--output", type=Path, required=True, help="Path without .svg and .png.")
def command(runs: tuple[Path, ...], figure: str, titles: str, output: Path) -> None:
    """Draw, over the epochs of RUNS (their run.json), what the figure's entry asks for."""
    wanted = parse(Figure, json.loads(figure), "figure")
    plot(wanted, read_histories(runs), read_titles(titles), output)
