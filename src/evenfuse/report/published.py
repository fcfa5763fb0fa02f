"""The numbers that the paper and others have printed, to stand beside ours."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from evenfuse.settings.tables import PaperTable
from evenfuse.settings.titles import Titles

FILE = Path(__file__).with_name("published.csv")
SECONDS = "seconds_per_epoch"
ANY_OPTIMIZER = ""
PAPER = "paper"
OTHERS = ("paper's re-run", "MMSA", "own paper")  # in the order of columns


class Number(NamedTuple):
    """A printed number in our units, proportions or seconds, and where it is from."""

    value: float
    source: str


class Identity(NamedTuple):
    """What decides which of the printed rows is comparable with one of ours."""

    dataset: str
    variant: str
    algorithm: str
    generated_data: bool
    network: str = ""


def published(
    table: PaperTable, ours: Identity, titles: Titles, by: str = PAPER
) -> dict[str, Number]:
    """Return metric -> the number that the paper, or one of the others, prints for a row of ours.

    Nothing that is printed is comparable with numbers on generated data.
    """
    if ours.generated_data:
        return {}
    corpus = titles.published_datasets.get(ours.dataset)
    model = titles.published_variants.get(ours.variant)
    if ours.network:
        model = f"{model}: {ours.network}"
    rows = _rows()
    own = rows[
        rows["table"].isin(table.published)
        & (rows["dataset"] == corpus)
        & (rows["model"] == model)
        & (rows["by"] == by)
        & rows["optimizer"].isin([ANY_OPTIMIZER, ours.algorithm])
    ]
    printed = zip(own["metric"], own["value"], own["source"], strict=True)
    return {
        metric: Number(value if metric == SECONDS or is_setting(metric) else value / 100, source)
        for metric, value, source in printed
    }


def columns(
    name: str, cells: Sequence[str], printed: Sequence[str | None]
) -> dict[str, Sequence[str]]:
    """Return a column of ours and, if the paper prints a number in any of its rows, the paper's."""
    if not any(printed):
        return {name: cells}
    return {name: cells, f"paper's {name}": [number or "" for number in printed]}


def note(table: PaperTable, shown: pd.DataFrame) -> str:
    """Say where the paper's numbers are from, if any are shown."""
    if not any(name.startswith("paper's ") for name in shown.columns):
        return ""
    tables = " and ".join(f"table {number}" for number in table.published)
    return f" The paper's numbers are those printed in its {tables}, without spread."


def is_setting(metric: str) -> bool:
    """Return whether a printed number is no score but a hyper-parameter: `training.batch_size`."""
    return "." in metric


@cache
def _rows() -> pd.DataFrame:
    return pd.read_csv(FILE, comment="#", keep_default_na=False)
