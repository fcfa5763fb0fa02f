"""evenfuse show: a figure with the curves of one run."""

from pathlib import Path

import click

from evenfuse.errors import EvenfuseError
from evenfuse.report.run_curves import plot_run
from evenfuse.report.runs import listing, read_run


@click.command()
@click.argument("run", type=Path)
@click.option("--output", type=Path, help="Path without .svg and .png; RUN/curves by default.")
def command(run: Path, output: Path | None) -> None:
    """Draw the curves of one RUN, a folder that `evenfuse runs` lists, finished or not."""
    record = read_run(run)
    if record is None:
        raise EvenfuseError(f"{run} has not finished its first epoch yet; look again later")
    target = output or run / "curves"
    plot_run(record, target)
    (row,) = listing([record])
    click.echo("\n".join(f"{name}: {value}" for name, value in row.items()))
    click.echo(f"curves: {target}.svg, {target}.png")
