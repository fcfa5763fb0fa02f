"""What the gaps between the arms of a table are worth."""

from collections.abc import Iterator, Sequence

import pandas as pd

from evenfuse.evaluation.comparison import Gap, compare, corrected
from evenfuse.report.arms import ReportedArm
from evenfuse.report.sections import Section
from evenfuse.settings.metrics import Metric
from evenfuse.settings.titles import Titles

NOTE = (
    "Gaps of the means over seeds with their 95 % intervals, proportions in points. Test segments "
    "and seeds are taken as draws: interval and p-value hold for other segments and other seeds. "
    "The p-values are Holm-corrected within this table."
)


def gaps(arms: Sequence[ReportedArm], titles: Titles) -> list[Section]:
    """Make one section of all comparisons whose both sides are shown; none, if there are none.

    Each is tested within its dataset and optimizer, by the first metric that is shown. The p-values
    are Holm-corrected together.
    """
    pairs = list(_pairs(arms, titles))
    found = corrected([_tested(*pair) for pair in pairs])
    metrics = [having.results.family.metrics[having.compared] for having, _ in pairs]
    rows = pd.DataFrame([_row(gap, m) for gap, m in zip(found, metrics, strict=True)])
    return [Section("What the gaps are worth", rows, NOTE)] if pairs else []


def _pairs(
    arms: Sequence[ReportedArm], titles: Titles
) -> Iterator[tuple[ReportedArm, ReportedArm]]:
    by_key = {arm.results.key: arm for arm in arms}
    for place in dict.fromkeys(arm.results.key[:2] for arm in arms):
        for pair in titles.comparisons:
            having, without = (by_key.get((*place, v)) for v in (pair.having, pair.without))
            if having and without:
                yield having, without


def _tested(having: ReportedArm, without: ReportedArm) -> Gap:
    names = ("_".join(having.results.key), "_".join(without.results.key))
    tables = (having.test_predictions(), without.test_predictions())
    return compare(names, tables, having.results.config.metrics, having.compared)


def _row(gap: Gap, metric: Metric) -> dict[str, str]:
    scale, style = (100, "+.2f") if metric.percent else (1, "+.3f")
    value, low, high = (f"{scale * number:{style}}" for number in (gap.gap, gap.low, gap.high))
    return {
        "arm": gap.first,
        "against": gap.second,
        "metric": gap.metric,
        "gap": value,
        "95 % interval": f"{low} to {high}",
        "p": f"{gap.p:.3f}" if gap.p >= 0.0005 else "< 0.001",
    }
