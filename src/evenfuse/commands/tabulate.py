"""evenfuse tabulate: what arms left -> a table."""

from pathlib import Path

import click

from evenfuse import parts
from evenfuse.commands.options import OBJECT, by_need
from evenfuse.files import write_aside
from evenfuse.report.material import Material
from evenfuse.report.sections import latex, markdown
from evenfuse.settings.strict import parse
from evenfuse.settings.tables import Table
from evenfuse.settings.titles import Titles
from evenfuse.settings.trees import Tree


@click.command()
@click.argument("files", nargs=-1, required=True, callback=by_need)
@click.option(
    "--table", "entry", type=OBJECT, required=True, help="JSON of its entry in the config."
)
@click.option("--titles", type=OBJECT, required=True, help="JSON of titles and comparisons.")
@click.option("--output", type=Path, required=True, help="Path without .md, .csv and .tex.")
def command(files: dict[str, list[Path]], entry: Tree, titles: Tree, output: Path) -> None:
    """Make a table: Markdown and LaTeX to read, CSV to compute with.

    FILES are NEED=FILE, of every need that its kind has: results=results/demo_adam_gb.json,
    references=results/demo.references.json, for example.
    """
    table: Table = parts.parse_part("tables", entry, "table")
    called = parse(Titles, titles, "titles")
    kind, material = parts.code("tables", table.kind), Material(files)
    sections = kind.sections(table, material, called)
    rows = kind.long_form(table, material, called).to_csv(index=False)
    texts = {".md": markdown(sections), ".tex": latex(sections), ".csv": rows}
    for suffix, text in texts.items():
        with write_aside(output.with_name(output.name + suffix)) as aside:
            aside.write_text(text, encoding="utf-8")
