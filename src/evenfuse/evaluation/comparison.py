"""Two arms side by side: is the gap more than chance?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.predictions import by_seed
from evenfuse.evaluation.significance import (
    binomial_standard_error,
    holm,
    mcnemar,
    paired_permutation_test,
)
from evenfuse.metrics import family

PERMUTATIONS = 10_000


@dataclass(frozen=True)
class Gap:
    """The gap of one accuracy between two arms, `first` minus `second`.

    `p_permutation` pairs by test segment and seed; `p_mcnemar` is the exact McNemar test of each
    seed, the largest of them; `standard_error` is the binomial one of a single accuracy.
    """

    first: str
    second: str
    metric: str
    gap: float
    standard_error: float
    p_permutation: float
    p_mcnemar: float


def compare(
    names: tuple[str, str], tables: tuple[pd.DataFrame, pd.DataFrame], metrics: str, metric: str
) -> Gap:
    """Compare the test predictions of two arms by one accuracy of a metric family.

    Raises:
        EvenfuseError: if the arms have other test segments or another number of seeds.
    """
    if set(tables[0]["id"]) != set(tables[1]["id"]):
        raise EvenfuseError(f"{names[0]} and {names[1]} were evaluated on different segments")
    truths, predictions = zip(*(by_seed(table) for table in tables), strict=True)
    first, second = (
        np.array([family(metrics).correct(truth, seed)[metric] for seed in arm])
        for truth, arm in zip(truths, predictions, strict=True)
    )
    accuracy = float(second.mean())
    return Gap(
        first=names[0],
        second=names[1],
        metric=metric,
        gap=float(first.mean()) - accuracy,
        standard_error=binomial_standard_error(accuracy, second.shape[1]),
        p_permutation=paired_permutation_test(first, second, permutations=PERMUTATIONS, seed=0),
        p_mcnemar=max(mcnemar(a, b) for a, b in zip(first, second, strict=True)),
    )


def corrected(gaps: Sequence[Gap]) -> list[Gap]:
    """Correct the p-values of one table for their number (Holm)."""
    permutation = holm([gap.p_permutation for gap in gaps])
    exact = holm([gap.p_mcnemar for gap in gaps])
    return [
        replace(gap, p_permutation=p, p_mcnemar=q)
        for gap, p, q in zip(gaps, permutation, exact, strict=True)
    ]
