"""CMU-MOSI and CMU-MOSEI: labels in [-3, 3].

==================== =========================================================================
acc2_non0, f1_non0   neutral truth (y = 0) dropped, then y > 0; F1 weighted by class.
                     Since Tsai et al. 2019 (MulT); the paper's table 4
acc2_has0, f1_has0   y >= 0, all samples: papers before 2019
acc5, acc7           clipped to +-2 and +-3, rounded half to even, equal
mae, corr            not clipped; Pearson
==================== =========================================================================
"""

import numpy as np

from evenfuse.errors import EvenfuseError
from evenfuse.metrics._basics import (
    ClassArray,
    FloatArray,
    accuracy,
    correlation,
    correlation_contributions,
    mean_absolute_error,
    one_column,
    polarities,
    weighted_f1,
    weighted_f1_contributions,
)


def scores(truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
    """Return every metric of the family for two arrays (n, 1); accuracy and F1 in 0..1.

    A constant prediction gives corr 0 and a UserWarning.

    Raises:
        EvenfuseError: if lengths differ, n is 0, a value is not finite, or every truth is neutral.
    """
    truth, prediction = one_column(truth, prediction)
    classes = _classes(truth, prediction)
    return {
        "acc2_non0": accuracy(*classes["acc2_non0"]),
        "f1_non0": weighted_f1(*classes["acc2_non0"]),
        "acc2_has0": accuracy(*classes["acc2_has0"]),
        "f1_has0": weighted_f1(*classes["acc2_has0"]),
        "acc5": accuracy(*classes["acc5"]),
        "acc7": accuracy(*classes["acc7"]),
        "mae": mean_absolute_error(truth, prediction),
        "corr": correlation(truth, prediction),
    }


def in_words(prediction: FloatArray) -> list[str]:
    """Return "negative", "neutral" (rounded to 0) or "positive" for predictions (n, 1)."""
    return polarities(prediction, 0.5)


def contributions(truth: FloatArray, prediction: FloatArray) -> dict[str, FloatArray]:
    """Return what each sample that counts contributes to a metric, which is their mean.

    acc2_non0 and f1_non0 count no neutral truths. Which samples count depends on the truth alone.

    Raises:
        EvenfuseError: as ``scores``.
    """
    truth, prediction = one_column(truth, prediction)
    pairs = _classes(truth, prediction)
    return {
        **{name: (true == told).astype(float) for name, (true, told) in pairs.items()},
        **{
            f"f1_{name}": weighted_f1_contributions(*pairs[f"acc2_{name}"])
            for name in ("non0", "has0")
        },
        "mae": np.abs(truth - prediction),
        "corr": correlation_contributions(truth, prediction),
    }


def _classes(truth: FloatArray, prediction: FloatArray) -> dict[str, tuple[ClassArray, ClassArray]]:
    kept = truth != 0
    if not kept.any():
        raise EvenfuseError("no sample is left for acc2_non0: every truth is neutral (0)")
    return {
        "acc2_non0": (truth[kept] > 0, prediction[kept] > 0),
        "acc2_has0": (truth >= 0, prediction >= 0),
        "acc5": (_rounded(truth, 2), _rounded(prediction, 2)),
        "acc7": (_rounded(truth, 3), _rounded(prediction, 3)),
    }


def _rounded(values: FloatArray, limit: int) -> ClassArray:
    return np.rint(np.clip(values, -limit, limit)).astype(np.int64)
