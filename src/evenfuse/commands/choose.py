"""evenfuse choose: runs of the points of a grid -> a table of all points, and the winner."""

from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from evenfuse.commands.options import LIST, each_once
from evenfuse.evaluation.choice import choose, table
from evenfuse.files import write_aside
from evenfuse.records.choices import Choice
from evenfuse.records.runs import RunRecord
from evenfuse.report.markup import as_markdown


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--grid", "tried", type=LIST, required=True, help="JSON list of what was tried.")
@click.option("--output", type=Path, required=True, help="Path without .json, .md and .csv.")
def command(runs: tuple[Path, ...], tried: list[str], output: Path) -> None:
    """Compare the RUNS (run.json) of a grid by their validation scores; the test split has no part.

    The winner is the point with the best mean over its seeds.
    """
    choice = choose([RunRecord.read(run) for run in runs], tried)
    rows = table(choice)
    styles = ["g" if column in tried else ".4f" for column in rows]
    shown = rows.rename(columns=as_markdown).map(_shown)
    markdown = tabulate(shown.values.tolist(), shown.columns.tolist(), "github", floatfmt=styles)
    texts = {
        ".md": f"{markdown}\n\n{_note(choice)}\n",
        ".csv": rows.to_csv(index=False),
    }
    for suffix, text in texts.items():
        with write_aside(output.with_name(output.name + suffix)) as aside:
            aside.write_text(text, encoding="utf-8")
    choice.write(output.with_name(f"{output.name}.json"))


def _shown(value: Any) -> Any:
    return as_markdown(value) if isinstance(value, str) else value


def _note(choice: Choice) -> str:
    return (
        f"Validation {choice.metric} of the best epochs on {choice.n_valid} segments, seeds "
        f"{choice.seeds}. These scores chose the point, so they say nothing of other data."
    )
