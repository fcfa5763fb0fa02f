"""Sections of a table, as Markdown and LaTeX."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from tabulate import tabulate

DEMO = "Demo numbers: the data is generated. "


@dataclass(frozen=True)
class Section:
    """A title, the rows, and a note below them."""

    title: str
    rows: pd.DataFrame
    note: str


def markdown(sections: Sequence[Section]) -> str:
    """Return the sections one below the other, each with a heading."""
    parts = [f"## {s.title}\n\n{_table(s, 'github')}\n\n{s.note}" for s in sections]
    return "\n\n".join(parts) + "\n"


def latex(sections: Sequence[Section]) -> str:
    """Return a table environment per section; needs the package booktabs."""
    return "\n\n".join(_environment(section) for section in sections) + "\n"


def _environment(section: Section) -> str:
    lines = [
        r"\begin{table}",
        r"\caption{" + _escaped(section.title) + "}",
        r"\centering",
        _with_symbols(_table(section, "latex_booktabs")),
        r"\par\footnotesize " + _escaped(section.note),
        r"\end{table}",
    ]
    return "\n".join(lines)


def _escaped(text: str) -> str:
    # tabulate escapes its cells; this is for the words around them
    for character in "%_&#$":
        text = text.replace(character, "\\" + character)
    return _with_symbols(text)


def _with_symbols(text: str) -> str:
    return text.replace("±", r"$\pm$").replace("†", r"$\dagger$")


def _table(section: Section, style: str) -> str:
    cells = section.rows.values.tolist()
    heads = section.rows.columns.tolist()
    return tabulate(cells, heads, style, stralign="left", disable_numparse=True)
