"""What others have printed of the same models: a row per arm and metric, a column per source."""

from collections.abc import Iterator, Sequence

import pandas as pd

from evenfuse.report.arms import ReportedArm
from evenfuse.report.cells import cell, number
from evenfuse.report.published import OTHERS, PAPER, Number, published
from evenfuse.report.sections import Section
from evenfuse.settings.tables import PaperTable
from evenfuse.settings.titles import Titles

REFERENCE = "paper quotes"
COLUMNS = ("optimizer", "method", "metric", "ours", PAPER, REFERENCE, *OTHERS)
Printed = dict[str, dict[str, Number]]  # whose -> metric -> number


def others(table: PaperTable, arms: Sequence[ReportedArm], titles: Titles) -> list[Section]:
    """Make a section for the arms of a dataset, or none if all is the paper's own measurement."""
    printed = [_printed(table, arm, titles) for arm in arms]
    rows = [row for arm, one in zip(arms, printed, strict=True) for row in _rows(arm, one, titles)]
    shown = pd.DataFrame(rows, columns=COLUMNS)
    shown = shown.loc[:, (shown != "").any()]
    if shown.columns.intersection([REFERENCE, *OTHERS]).empty:
        return []
    title = f"{titles.datasets[arms[0].results.dataset]}: published for the same models"
    return [Section(title, shown, f"Printed without spread.{_sources(printed)}")]


def _printed(table: PaperTable, arm: ReportedArm, titles: Titles) -> Printed:
    identity = arm.identity()
    return {by: published(table, identity, titles, by) for by in (PAPER, *OTHERS)}


def _sources(printed: Sequence[Printed]) -> str:
    """Say where the numbers of others are from."""
    found = {
        by: dict.fromkeys(number.source for one in printed for number in one[by].values())
        for by in OTHERS
    }
    return "".join(f" {by}: {'; '.join(sources)}." for by, sources in found.items() if sources)


def _rows(arm: ReportedArm, printed: Printed, titles: Titles) -> Iterator[dict[str, str]]:
    results, family = arm.results, arm.results.family
    for name in family.shown:
        metric = family.metrics[name]
        own = {by: numbers[name] for by, numbers in printed.items() if name in numbers}
        if own:
            yield {
                **dict.fromkeys(COLUMNS, ""),
                "optimizer": titles.optimizers[results.optimizer],
                "method": titles.variants[results.variant],
                "metric": name,
                "ours": cell(metric, results.metrics[name]),
                **{by: number(metric, one.value) for by, one in own.items()},
                REFERENCE: own[PAPER].source if PAPER in own else "",
            }
