"""Two arms side by side: is the gap more than the draw of segments and seeds?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from evenfuse.errors import EvenfuseError, choose
from evenfuse.evaluation import crossed
from evenfuse.evaluation.contributions import contributions
from evenfuse.evaluation.predictions import Predictions, other_truths
from evenfuse.evaluation.significance import holm


@dataclass(frozen=True)
class Gap:
    """The gap of one metric between two arms, `first` minus `second`, as an estimate.

    Segments and seeds are drawn: interval and p hold for other segments and other seeds. Segments
    are paired, those that the metric counts; seeds are not, so the arms may have different ones.
    """

    first: str
    second: str
    metric: str
    found: crossed.Estimate


def compare(
    names: tuple[str, str],
    arms: tuple[Predictions, Predictions],
    metrics: str,
    tested: Iterable[str],
) -> list[Gap]:
    """Compare the test predictions of two arms by metrics of a family, one gap each.

    Raises:
        EvenfuseError: if the arms have other test segments or other truths of them, or the family
            has no such metric.
    """
    _check_segments(names, arms)
    (truth, first), (other, second) = (arm.by_id() for arm in arms)
    for place in other_truths(truth, other)[:1]:
        raise EvenfuseError(
            f"{names[0]} and {names[1]} have different truths of the same segments, such as "
            f"'{sorted(arms[0].ids)[place]}'; compare predictions of one test split"
        )
    # the truth of the first for both: the other's may be rounded
    scores = [contributions(metrics, truth, predicted) for predicted in (first, second)]
    return [
        Gap(*names, metric, crossed.gap(*(choose("metric", metric, own) for own in scores)))
        for metric in tested
    ]


def above_constant(
    arm: Predictions, answer: Sequence[float], metrics: str
) -> dict[str, crossed.Estimate]:
    """Estimate, by every metric, how far an arm is above one answer to all segments.

    `answer` has a number per column. It has no seeds: those of the arm alone are drawn.
    """
    truth, predicted = arm.by_id()
    constant = np.broadcast_to(np.asarray(answer, np.float64), (1, *truth.shape))
    plain = contributions(metrics, truth, constant)
    own = contributions(metrics, truth, predicted)
    return {metric: crossed.mean(scores - plain[metric]) for metric, scores in own.items()}


def corrected(gaps: Sequence[Gap]) -> list[Gap]:
    """Correct the p-values of one table for their number (Holm); intervals stay as they are."""
    adjusted = holm([gap.found.p for gap in gaps])
    return [
        replace(gap, found=replace(gap.found, p=p)) for gap, p in zip(gaps, adjusted, strict=True)
    ]


def _check_segments(names: tuple[str, str], arms: tuple[Predictions, Predictions]) -> None:
    first, second = (set(arm.ids) for arm in arms)
    for name, only in ((names[0], first - second), (names[1], second - first)):
        for segment in sorted(only)[:1]:
            raise EvenfuseError(
                f"{names[0]} and {names[1]} were evaluated on different segments: {len(only)} are "
                f"in {name} alone, such as '{segment}'"
            )
