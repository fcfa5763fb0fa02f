"""What the gaps between the arms of a table are worth."""

from collections.abc import Iterator, Sequence

import pandas as pd

from evenfuse.evaluation.comparison import Gap, compare, corrected
from evenfuse.report.arms import ReportedArm
from evenfuse.report.sections import Section
from evenfuse.settings.titles import Titles

NOTE = (
    "Gap of the mean accuracy over seeds; one binomial standard error of the accuracy it is "
    "compared with; p-values paired by test segment and seed, Holm-corrected within this table "
    "(McNemar: the largest over the seeds)."
)


def gaps(arms: Sequence[ReportedArm], titles: Titles) -> list[Section]:
    """Make one section of all comparisons whose both sides are shown; none, if there are none.

    Each is tested within its dataset and optimizer, by the first accuracy that is shown: where a
    family of metrics has none, nothing is tested. The p-values are Holm-corrected together.
    """
    found = corrected([_tested(*pair) for pair in _pairs(arms, titles)])
    rows = pd.DataFrame([_row(gap) for gap in found])
    return [Section("What the gaps are worth", rows, NOTE)] if found else []


def _pairs(
    arms: Sequence[ReportedArm], titles: Titles
) -> Iterator[tuple[ReportedArm, ReportedArm, str]]:
    by_key = {arm.results.key: arm for arm in arms}
    for place in dict.fromkeys(arm.results.key[:2] for arm in arms):
        for pair in titles.comparisons:
            having, without = (by_key.get((*place, v)) for v in (pair.having, pair.without))
            if having and without and having.accuracy:
                yield having, without, having.accuracy


def _tested(having: ReportedArm, without: ReportedArm, accuracy: str) -> Gap:
    names = ("_".join(having.results.key), "_".join(without.results.key))
    tables = (having.test_predictions(), without.test_predictions())
    return compare(names, tables, having.results.config.metrics, accuracy)


def _row(gap: Gap) -> dict[str, str]:
    return {
        "arm": gap.first,
        "against": gap.second,
        "metric": gap.metric,
        "gap (points)": f"{100 * gap.gap:+.2f}",
        "standard error": f"{100 * gap.standard_error:.2f}",
        "p (permutation)": _p(gap.p_permutation),
        "p (McNemar)": _p(gap.p_mcnemar),
    }


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.0005 else "< 0.001"
