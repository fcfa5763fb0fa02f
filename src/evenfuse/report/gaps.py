"""What the gaps between the arms of a table are worth."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evenfuse.evaluation.comparison import Comparison, compare, corrected
from evenfuse.report.arms import Arm
from evenfuse.report.sections import Section
from evenfuse.report.titles import Titles
from evenfuse.settings.study import Comparison as Pair

NOTE = (
    "Gap of the mean accuracy over seeds; one binomial standard error of the accuracy it is "
    "compared with; p-values paired by test segment and seed, Holm-corrected within this table "
    "(McNemar: the largest over the seeds)."
)


def gaps(arms: Sequence[Arm], titles: Titles) -> list[Section]:
    """Make one section of all comparisons whose both sides are shown; none, if there are none.

    Each is tested within its dataset and optimizer; the p-values are Holm-corrected together.
    """
    by_key = {arm.key: arm for arm in arms}
    places = dict.fromkeys(arm.key[:2] for arm in arms)
    found = [
        _tested(by_key[(*place, pair.having)], by_key[(*place, pair.without)])
        for place in places
        for pair in titles.comparisons
        if _both_shown(pair, place, by_key)
    ]
    rows = pd.DataFrame([_row(gap) for gap in corrected(found)])
    return [Section("What the gaps are worth", rows, NOTE)] if found else []


def _both_shown(
    pair: Pair, place: tuple[str, str], by_key: Mapping[tuple[str, str, str], Arm]
) -> bool:
    return all((*place, variant) in by_key for variant in (pair.having, pair.without))


def _tested(having: Arm, without: Arm) -> Comparison:
    names = ("_".join(having.key), "_".join(without.key))
    tables = (having.test_predictions(), without.test_predictions())
    metrics = having.results["provenance"]["config"]["metrics"]
    return compare(names, tables, metrics, having.shown[0])


def _row(gap: Comparison) -> dict[str, str]:
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
