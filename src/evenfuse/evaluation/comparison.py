"""Two arms side by side: is the gap more than the draw of segments and seeds?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation import crossed
from evenfuse.evaluation.predictions import by_seed
from evenfuse.evaluation.significance import holm
from evenfuse.metrics import family


@dataclass(frozen=True)
class Gap:
    """The gap of one metric between two arms, `first` minus `second`, as a draw.

    `low` and `high` bound its 95 % interval; `p` is that of no gap between arms of which other
    segments and other seeds could have been drawn.
    """

    first: str
    second: str
    metric: str
    gap: float
    low: float
    high: float
    p: float


def compare(
    names: tuple[str, str], tables: tuple[pd.DataFrame, pd.DataFrame], metrics: str, metric: str
) -> Gap:
    """Compare the test predictions of two arms by one metric of a family.

    Raises:
        EvenfuseError: if the arms have other test segments, or other truths of them.
    """
    if set(tables[0]["id"]) != set(tables[1]["id"]):
        raise EvenfuseError(f"{names[0]} and {names[1]} were evaluated on different segments")
    (truth, first), (other_truth, second) = (by_seed(table) for table in tables)
    if not np.array_equal(truth, other_truth):
        raise EvenfuseError(f"{names[0]} and {names[1]} have different truths of the same segments")
    contributions = family(metrics).contributions
    scores = [
        np.array([contributions(truth, seed)[metric] for seed in arm]) for arm in (first, second)
    ]
    found = crossed.gap(*scores)
    return Gap(*names, metric, found.value, found.low, found.high, found.p)


def corrected(gaps: Sequence[Gap]) -> list[Gap]:
    """Correct the p-values of one table for their number (Holm); intervals stay as they are."""
    adjusted = holm([gap.p for gap in gaps])
    return [replace(gap, p=p) for gap, p in zip(gaps, adjusted, strict=True)]
