"""evenfuse tabulate: results of all arms -> the ablation table."""

from pathlib import Path

import click
from tabulate import tabulate

from evenfuse.commands.options import key_value_paths
from evenfuse.report.ablation import Section, gaps, long_form, sections
from evenfuse.report.arms import read_arms
from evenfuse.report.titles import read_titles
from evenfuse.storage.files import read_json, write_aside

GAPS_NOTE = (
    "Gap of the mean accuracy over seeds; one binomial standard error of the accuracy it is "
    "compared with; p-values paired by test segment and seed, Holm-corrected within this table "
    "(McNemar: the largest over the seeds)."
)


@click.command()
@click.argument("results", type=Path, nargs=-1, required=True)
@click.option("--titles", required=True, help="JSON of titles and comparisons.")
@click.option("--reachable", multiple=True, callback=key_value_paths, help="DATASET=JSON.")
@click.option("--output", type=Path, required=True, help="Path without .md, .csv and .tex.")
def command(
    results: tuple[Path, ...], titles: str, reachable: dict[str, Path], output: Path
) -> None:
    """Make the ablation table of the RESULTS: Markdown and LaTeX to read, CSV to compute with."""
    arms, names = read_arms(results), read_titles(titles)
    best = {dataset: read_json(path)["scores"] for dataset, path in reachable.items()}
    made = sections(arms, names, best)
    compared = gaps(arms, names)
    if len(compared):
        made.append(Section("What the gaps are worth", compared, GAPS_NOTE))
    texts = {
        ".md": "\n\n".join(_markdown(section) for section in made) + "\n",
        ".tex": "\n\n".join(_latex(section) for section in made) + "\n",
        ".csv": long_form(arms).to_csv(index=False),
    }
    for suffix, text in texts.items():
        with write_aside(output.with_suffix(suffix)) as aside:
            aside.write_text(text, encoding="utf-8")


def _markdown(section: Section) -> str:
    table = _table(section, "github")
    return f"## {section.title}\n\n{table}\n\n{section.note}"


def _latex(section: Section) -> str:
    lines = [
        r"\begin{table}",
        r"\caption{" + _escaped(section.title) + "}",
        r"\centering",
        _table(section, "latex_booktabs").replace("±", r"$\pm$"),
        r"\par\footnotesize " + _escaped(section.note),
        r"\end{table}",
    ]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    # tabulate escapes its cells; this is for the words around them
    return text.replace("%", r"\%").replace("_", r"\_").replace("±", r"$\pm$")


def _table(section: Section, style: str) -> str:
    cells = section.rows.values.tolist()
    return tabulate(
        cells, section.rows.columns.tolist(), style, stralign="left", disable_numparse=True
    )
