"""evenfuse runs: what the runs of a project left -> a list of them."""

from pathlib import Path

import click
from tabulate import tabulate

from evenfuse.report.runs import find_runs, listing


@click.command()
@click.option("--results", type=Path, default="results", show_default=True, help="Of the project.")
@click.option(
    "--checkpoints", type=Path, default="checkpoints", show_default=True, help="Of the project."
)
def command(results: Path, checkpoints: Path) -> None:
    """List all runs with their state, their best validation score, and how old that is."""
    rows = listing(find_runs(results, checkpoints))
    click.echo(tabulate(rows, "keys", "simple", disable_numparse=True) or "no runs yet")
