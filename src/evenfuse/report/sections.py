"""Sections of a table, as Markdown and LaTeX."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from tabulate import LATEX_ESCAPE_RULES, tabulate

from evenfuse.report.markup import as_markdown

DEMO = "Demo numbers: the data is generated. "


@dataclass(frozen=True)
class Section:
    """A title, the rows, and a note below them."""

    title: str
    rows: pd.DataFrame
    note: str


def markdown(sections: Sequence[Section]) -> str:
    """Return the sections one below the other, each with a heading."""
    return "\n\n".join(_with_heading(section) for section in sections) + "\n"


def latex(sections: Sequence[Section]) -> str:
    """Return a table environment per section; needs the package booktabs."""
    return "\n\n".join(_environment(section) for section in sections) + "\n"


def _with_heading(section: Section) -> str:
    rows = section.rows.rename(columns=as_markdown).map(as_markdown)
    title, note = as_markdown(section.title), as_markdown(section.note)
    return f"## {title}\n\n{_table(rows, 'github')}\n\n{note}"


def _environment(section: Section) -> str:
    table = _with_symbols(_table(section.rows, "latex_booktabs"))
    lines = [
        r"\begin{table}",
        r"\caption{" + as_latex(section.title) + "}",
        r"\centering",
        # after the end of a row, LaTeX takes these for an option
        re.sub(r"^( *)([\[*])", r"\1{\2}", table, flags=re.MULTILINE),
        r"\par\footnotesize " + as_latex(section.note),
        r"\end{table}",
    ]
    return "\n".join(lines)


def as_latex(text: str) -> str:
    """Return LaTeX that shows a text, with the rules by which tabulate escapes its cells."""
    escaped = "".join(LATEX_ESCAPE_RULES.get(character, character) for character in text)
    return _with_symbols(escaped)


def _with_symbols(text: str) -> str:
    return text.replace("±", r"$\pm$").replace("†", r"$\dagger$")


def _table(rows: pd.DataFrame, style: str) -> str:
    cells, heads = rows.values.tolist(), rows.columns.tolist()
    return tabulate(cells, heads, style, stralign="left", disable_numparse=True)
