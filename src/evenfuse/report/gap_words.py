"""A gap as people read it: its numbers, and what they mean in plain words."""

from textwrap import TextWrapper

from evenfuse.evaluation.comparison import Gap
from evenfuse.settings.metrics import Metric

NUMBERS = """\
{metric}, {direction} is better
gap            {gap}, {first} minus {second}
95 % interval  {low} to {high}
p              {p}"""
VERDICT = (
    "{verdict}: if there were no difference, the draw of segments and seeds alone would make a gap "
    "of this size or more in {share} of all studies."
)
DRAWN = (
    "Drawn are {segments} segments, the same in both files, and {seeds}. Seeds are not paired. "
    "Interval and p are about other segments and other seeds too, not about these alone."
)
BORROWED = (
    " One seed of {single} does not show how much its seeds spread; they are taken to spread like "
    "those of {other}. If they spread more, p is too small."
)
WRAPPED = TextWrapper(width=100, break_long_words=False, break_on_hyphens=False)


def signed(value: float, metric: Metric) -> str:
    """Return a difference with its sign; of proportions in points, hundredths."""
    return f"{100 * value:+.2f}" if metric.percent else f"{value:+.3f}"


def chance(p: float) -> str:
    """Return a p-value."""
    return f"{p:.3f}" if p >= 0.0005 else "< 0.001"


def in_words(gap: Gap, metric: Metric) -> str:
    """Return the gap, its interval, p, and sentences that say what they mean and what is drawn."""
    said = (WRAPPED.fill(part) for part in (_verdict(gap, metric), _drawn(gap)))
    return "\n\n".join([_numbers(gap, metric), *said])


def _numbers(gap: Gap, metric: Metric) -> str:
    found, unit = gap.found, " points" if metric.percent else ""
    return NUMBERS.format(
        metric=gap.metric,
        direction="higher" if metric.higher_is_better else "lower",
        gap=signed(found.value, metric) + unit,
        first=gap.first,
        second=gap.second,
        low=signed(found.low, metric),
        high=signed(found.high, metric) + unit,
        p=chance(found.p),
    )


def _verdict(gap: Gap, metric: Metric) -> str:
    p = gap.found.p
    better = gap.first if (gap.found.value > 0) is metric.higher_is_better else gap.second
    return VERDICT.format(
        verdict=f"{better} is clearly better" if p < 0.05 else "No clear difference",
        share=f"{100 * p:.1f} %" if p >= 0.0005 else "less than 0.1 %",
    )


def _drawn(gap: Gap) -> str:
    names, seeds = (gap.first, gap.second), gap.found.seeds
    each = [
        f"{number} seed{'s' if number > 1 else ''} of {name}"
        for name, number in zip(names, seeds, strict=True)
    ]
    said = DRAWN.format(segments=gap.found.segments, seeds=" and ".join(each))
    if min(seeds) > 1:
        return said
    single, other = names if seeds[0] == 1 else reversed(names)
    return said + BORROWED.format(single=single, other=other)
