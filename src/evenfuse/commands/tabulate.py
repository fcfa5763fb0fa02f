"""evenfuse tabulate: results of arms, or measured seconds -> a table."""

import json
from pathlib import Path

import click
import pandas as pd

from evenfuse.commands.options import key_value_paths
from evenfuse.files import read_json, write_aside
from evenfuse.report import scores, seconds
from evenfuse.report.arms import read_arms
from evenfuse.report.sections import Section, latex, markdown
from evenfuse.report.titles import Titles, read_titles
from evenfuse.settings.strict import parse
from evenfuse.settings.study import Table


@click.command()
@click.argument("files", type=Path, nargs=-1, required=True)
@click.option("--table", required=True, help="JSON of the table's entry in the config.")
@click.option("--titles", required=True, help="JSON of titles, published names, comparisons.")
@click.option(
    "--reference",
    "references",
    multiple=True,
    callback=key_value_paths,
    help="DATASET=JSON of scores without a model.",
)
@click.option("--output", type=Path, required=True, help="Path without .md, .csv and .tex.")
def command(
    files: tuple[Path, ...], table: str, titles: str, references: dict[str, Path], output: Path
) -> None:
    """Make a table of FILES: Markdown and LaTeX to read, CSV to compute with.

    FILES are results of arms, with --reference DATASET=JSON of `evenfuse score-references`; or,
    for a table that measures seconds, what `evenfuse time-epochs` wrote.
    """
    wanted, names = parse(Table, json.loads(table), "table"), read_titles(titles)
    if wanted.measure == "seconds":
        made, rows = _of_seconds(wanted, files, names)
    else:
        made, rows = _of_scores(wanted, files, names, references)
    texts = {".md": markdown(made), ".tex": latex(made), ".csv": rows.to_csv(index=False)}
    for suffix, text in texts.items():
        with write_aside(output.with_name(output.name + suffix)) as aside:
            aside.write_text(text, encoding="utf-8")


def _of_scores(
    table: Table, files: tuple[Path, ...], names: Titles, references: dict[str, Path]
) -> tuple[list[Section], pd.DataFrame]:
    arms = read_arms(files)
    known = {dataset: read_json(path) for dataset, path in references.items()}
    return scores.sections(table, arms, names, known), scores.long_form(arms)


def _of_seconds(
    table: Table, files: tuple[Path, ...], names: Titles
) -> tuple[list[Section], pd.DataFrame]:
    timings = [read_json(path) for path in files]
    return seconds.sections(table, timings, names), seconds.long_form(timings)
