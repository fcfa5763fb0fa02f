"""evenfuse plot-weights: histories of runs -> a figure."""

from pathlib import Path

import click

from evenfuse.report.arms import read_histories
from evenfuse.report.curves import plot_fusion_weights
from evenfuse.report.titles import read_titles


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True)
@click.option("--titles", required=True, help="JSON of titles and comparisons.")
@click.option("--output", type=Path, required=True, help="Path without .svg and .png.")
def command(runs: tuple[Path, ...], titles: str, output: Path) -> None:
    """Draw each modality's share of the fusion weights over the epochs of RUNS (their run.json)."""
    plot_fusion_weights(read_histories(runs), read_titles(titles), output)
