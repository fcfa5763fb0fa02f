"""Tables of the gaps between printed scores and ours, with a verdict for each."""

from collections.abc import Iterator
from math import sqrt

import pandas as pd

from evenfuse.records.arms import MetricResult
from evenfuse.report.arms import ReportedArm
from evenfuse.report.cells import cell, number
from evenfuse.report.material import Material
from evenfuse.report.published import OTHERS, PAPER, Number, published
from evenfuse.report.sections import Section
from evenfuse.settings.metrics import Metric
from evenfuse.settings.tables.reproduction import Settings
from evenfuse.settings.titles import Titles

Row = dict[str, str | float | None]
COLUMNS = (
    *("dataset", "optimizer", "variant", "metric", "printed_by", "source", "printed", "ours"),
    *("ci95_low", "ci95_high", "difference", "standard_error", "verdict", "reason"),
)
Z = 1.96  # standard errors on either side of a 95 % interval


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make one section with a row per printed score."""
    rows = [
        _readable(arm, row, titles)
        for arm in material.arms()
        for row in _compared(table, arm, titles)
    ]
    counts = pd.Series([row["verdict"] for row in rows], dtype=object).value_counts()
    told = ", ".join(f"{count} {verdict}" for verdict, count in counts.items())
    return [Section(table.title, pd.DataFrame(rows), f"{told or 'Nothing printed'}. {_how(table)}")]


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per printed score, as computed: proportions as fractions."""
    rows = [row for arm in material.arms() for row in _compared(table, arm, titles)]
    return pd.DataFrame(rows, columns=COLUMNS)


def verdict(difference: float, error: float | None, margin: float) -> tuple[str, str]:
    """Say whether a difference of scores is none, and why.

    `error` is its standard error, None if it is not known. Scores are the same if the whole 95 %
    interval of the difference lies within the margin (a test of equivalence), and are not if the
    interval is on one side of 0.
    """
    if error is None:
        return "cannot tell", "one seed shows no spread"
    low, high = difference - Z * error, difference + Z * error
    if -margin <= low and high <= margin:
        return "reproduced", "the interval of the difference lies within the margin"
    if low > 0 or high < 0:
        return "not", f"ours is {'higher' if low > 0 else 'lower'}, by more than chance explains"
    return "cannot tell", "the interval of the difference holds 0 and leaves the margin"


def standard_error(ours: MetricResult, seeds: int) -> float | None:
    """Return that of the difference between our mean and the score of one printed run.

    The variance of our mean is that of the segments plus that of the seeds over their number. The
    printed score is taken for one run with the same two variances, since nobody prints its own.
    """
    if ours.std is None:
        return None
    low, high = ours.ci95
    mean = ((high - low) / (2 * Z)) ** 2
    of_seeds = ours.std**2
    return sqrt(2 * mean + of_seeds * (1 - 1 / seeds))


def _compared(table: Settings, arm: ReportedArm, titles: Titles) -> Iterator[Row]:
    results, family = arm.results, arm.results.family
    shared = dict(zip(COLUMNS[:3], results.key, strict=True))
    for by in (PAPER, *OTHERS):
        identity = arm.identity()._replace(generated_data=False)
        printed = published(table, identity, titles, by)
        for name in family.shown:
            if name in printed:
                row = _row(table, printed[name], results.metrics[name], results.n_seeds)
                if results.generated_data:
                    row = _without_verdict(results.metrics[name])
                yield {**shared, "metric": name, "printed_by": by, **row}


def _row(table: Settings, printed: Number, ours: MetricResult, seeds: int) -> Row:
    difference, error = ours.mean - printed.value, standard_error(ours, seeds)
    found, reason = verdict(difference, error, table.margin / 100)
    return {
        "source": printed.source,
        "printed": printed.value,
        "ours": ours.mean,
        "ci95_low": ours.ci95[0],
        "ci95_high": ours.ci95[1],
        "difference": difference,
        "standard_error": error,
        "verdict": found,
        "reason": reason,
    }


def _without_verdict(ours: MetricResult) -> Row:
    return {
        **{"source": "", "printed": None, "ours": ours.mean},
        **{"ci95_low": ours.ci95[0], "ci95_high": ours.ci95[1]},
        **{"difference": None, "standard_error": None},
        "verdict": "generated data: no verdict",
        "reason": "what is generated repeats nothing",
    }


def _readable(arm: ReportedArm, row: Row, titles: Titles) -> dict[str, str]:
    results = arm.results
    metric = results.family.metrics[str(row["metric"])]
    low, high = (_number(metric, row[end]) for end in ("ci95_low", "ci95_high"))
    return {
        "dataset": titles.datasets[results.dataset],
        "optimizer": titles.optimizers[results.optimizer],
        "method": titles.variants[results.variant],
        "metric": str(row["metric"]),
        "printed": _number(metric, row["printed"]),
        "by": str(row["printed_by"]),
        "ours": cell(metric, results.metrics[str(row["metric"])]),
        "95 % interval": f"{low} to {high}",
        "difference": _number(metric, row["difference"], sign="+"),
        "standard error": _number(metric, row["standard_error"]),
        "verdict": str(row["verdict"]),
        "reason": str(row["reason"]),
    }


def _number(metric: Metric, value: object, sign: str = "") -> str:
    if not isinstance(value, float):
        return ""
    return (sign if value >= 0 else "") + number(metric, value)


def _how(table: Settings) -> str:
    return (
        "A score is reproduced if the 95 % interval of the difference lies within "
        f"{table.margin:g} points (MAE and correlation: {table.margin / 100:g}). The standard "
        "error takes the printed score for one run on as many test segments, with the spread of "
        "our seeds: none is printed with its own."
    )
