"""What the gaps between the arms of a table are worth."""

from collections.abc import Iterator, Sequence
from math import isinf

import pandas as pd

from evenfuse.evaluation.comparison import Gap, compare, corrected
from evenfuse.report.arms import ReportedArm
from evenfuse.report.gap_words import chance, signed
from evenfuse.report.sections import Section
from evenfuse.settings.metrics import Metric
from evenfuse.settings.titles import Titles

P = "p, segments and seeds drawn"
NOTE = (
    "Gaps of the means over seeds with their 95 % intervals, proportions in points. Test segments "
    "and seeds are taken as draws: interval and p-value hold for other segments and other seeds. "
    "The p-values are Holm-corrected within this table, the intervals are not."
)
Pair = tuple[ReportedArm, ReportedArm]


def gaps(arms: Sequence[ReportedArm], titles: Titles) -> list[Section]:
    """Make one section of all comparisons whose both sides are shown; none, if there are none.

    Each is tested within its network, dataset and optimizer, by every metric that its family tests.
    The p-values are Holm-corrected together.
    """
    pairs = list(_pairs(arms, titles))
    tested = [(gap, pair[0]) for pair in pairs for gap in _tested(*pair)]
    found = corrected([gap for gap, _ in tested])
    rows = pd.DataFrame(
        _row(gap, arm.results.family.metrics[gap.metric])
        for gap, (_, arm) in zip(found, tested, strict=True)
    )
    return [Section("What the gaps are worth", rows, NOTE)] if pairs else []


def _pairs(arms: Sequence[ReportedArm], titles: Titles) -> Iterator[Pair]:
    by_key = {(arm.network, *arm.results.key): arm for arm in arms}
    for place in dict.fromkeys(key[:3] for key in by_key):
        for pair in titles.comparisons:
            having, without = (by_key.get((*place, v)) for v in (pair.having, pair.without))
            if having and without:
                yield having, without


def _tested(having: ReportedArm, without: ReportedArm) -> list[Gap]:
    arms, own = (having.predictions, without.predictions), having.results
    return compare((having.name, without.name), arms, own.config.metrics, own.family.tests)


def _row(gap: Gap, metric: Metric) -> dict[str, str]:
    found, known = gap.found, not isinf(gap.found.low)
    value, low, high = (signed(each, metric) for each in (found.value, found.low, found.high))
    return {
        "arm": gap.first,
        "against": gap.second,
        "metric": gap.metric,
        "gap": value,
        "95 % interval": f"{low} to {high}" if known else "unknown: one seed each",
        P: chance(found.p) if known else "-",
    }
