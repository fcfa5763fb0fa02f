"""CH-SIMS: labels in [-1, 1]; truth and prediction are clipped to it before anything else.

=========== ==================================================================================
acc2, f1    negative = y <= 0, positive = y > 0; F1 weighted by class
acc3        cuts at -0.1, 0.1
acc5        cuts at -0.7, -0.1, 0.1, 0.7; a value on a cut belongs below it
mae, corr   on the clipped values; Pearson
=========== ==================================================================================

Source: Yu et al. 2020 (CH-SIMS).
"""

import numpy as np

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

# in float32, as labels and predictions are kept: there, 0.1 is a little more than in float64
_CUTS = {
    name: np.array(cuts, np.float32)
    for name, cuts in {
        "acc2": [0.0],
        "acc3": [-0.1, 0.1],
        "acc5": [-0.7, -0.1, 0.1, 0.7],
    }.items()
}


def scores(truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
    """Return every metric of the family for two arrays (n, 1); accuracy and F1 in 0..1.

    A prediction that is constant once clipped gives corr 0 and a UserWarning.

    Raises:
        EvenfuseError: if lengths differ, n is 0, or a value is NaN or infinite.
    """
    truth, prediction = _clipped(truth, prediction)
    classes = _classes(truth, prediction)
    return {
        "acc2": accuracy(*classes["acc2"]),
        "f1": weighted_f1(*classes["acc2"]),
        "acc3": accuracy(*classes["acc3"]),
        "acc5": accuracy(*classes["acc5"]),
        "mae": mean_absolute_error(truth, prediction),
        "corr": correlation(truth, prediction),
    }


def in_words(prediction: FloatArray) -> list[str]:
    """Return "negative", "neutral" (within 0.1 of 0, as in acc3) or "positive" for (n, 1)."""
    return polarities(prediction, 0.1)


def contributions(truth: FloatArray, prediction: FloatArray) -> dict[str, FloatArray]:
    """Return what each sample contributes to a metric, ``(n,)``; the metric is their mean.

    Raises:
        EvenfuseError: as ``scores``.
    """
    truth, prediction = _clipped(truth, prediction)
    pairs = _classes(truth, prediction)
    return {
        **{name: (true == told).astype(float) for name, (true, told) in pairs.items()},
        "f1": weighted_f1_contributions(*pairs["acc2"]),
        "mae": np.abs(truth - prediction),
        "corr": correlation_contributions(truth, prediction),
    }


def _clipped(truth: FloatArray, prediction: FloatArray) -> tuple[FloatArray, FloatArray]:
    truth, prediction = one_column(truth, prediction)
    return np.clip(truth, -1, 1), np.clip(prediction, -1, 1)


def _classes(truth: FloatArray, prediction: FloatArray) -> dict[str, tuple[ClassArray, ClassArray]]:
    single = truth.astype(np.float32), prediction.astype(np.float32)
    return {
        name: (np.searchsorted(cuts, single[0]), np.searchsorted(cuts, single[1]))
        for name, cuts in _CUTS.items()
    }
