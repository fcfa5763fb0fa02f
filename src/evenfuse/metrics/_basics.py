"""What the families share: checks of the input, accuracy, weighted F1, absolute error, Pearson."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.floating[Any]]
ClassArray = NDArray[np.integer[Any]] | BoolArray


def one_column(truth: FloatArray, prediction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both as float64 (n,), from (n, 1) or (n,); raise as `checked`."""
    flat = (
        values[:, 0] if values.ndim == 2 and values.shape[1] == 1 else values
        for values in (np.asarray(truth), np.asarray(prediction))
    )
    return checked(*flat)


def checked(truth: FloatArray, prediction: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return both as float64 (n,) with n > 0 and finite values.

    Raises:
        EvenfuseError: if shapes differ or are not (n,), n is 0, or a value is NaN or infinite.
    """
    truth, prediction = np.asarray(truth, np.float64), np.asarray(prediction, np.float64)
    if truth.ndim != 1 or truth.shape != prediction.shape:
        raise EvenfuseError(
            f"truth has shape {truth.shape} and prediction {prediction.shape}:"
            " give one number per sample, for the same samples"
        )
    if truth.size == 0:
        raise EvenfuseError("there is no sample to score: truth and prediction are empty")
    for name, values in (("truth", truth), ("prediction", prediction)):
        bad = values.size - np.count_nonzero(np.isfinite(values))
        if bad:
            raise EvenfuseError(
                f"the {name} holds NaN or infinity in {bad} of {values.size} samples"
            )
    return truth, prediction


def accuracy(truth: ClassArray, prediction: ClassArray) -> float:
    """Return the share of equal classes, 0..1, of two arrays (n,) with n > 0."""
    return float(np.mean(truth == prediction))


def weighted_f1(truth: ClassArray, prediction: ClassArray) -> float:
    """Return the F1 of all classes, averaged by their share of the truth, 0..1.

    Takes class indices or booleans (n,) with n > 0. Equals scikit-learn's
    `f1_score(truth, prediction, average="weighted")`; a class that is never predicted counts as 0.
    """
    classes = 1 + int(max(truth.max(), prediction.max()))
    support = np.bincount(truth, minlength=classes)
    predicted = np.bincount(prediction, minlength=classes)
    hits = np.bincount(truth[truth == prediction], minlength=classes)
    # a class in neither array has no weight; the 1 only avoids 0/0
    f1 = 2 * hits / np.maximum(support + predicted, 1)
    return float(support @ f1 / truth.size)


def mean_absolute_error(truth: FloatArray, prediction: FloatArray) -> float:
    """Return the mean of `|truth - prediction|` over checked arrays (n,)."""
    return float(np.mean(np.abs(truth - prediction)))


def correlation(truth: FloatArray, prediction: FloatArray) -> float:
    """Return Pearson's r of checked arrays (n,), -1..1; 0 with a UserWarning if one is constant."""
    if np.ptp(truth) == 0 or np.ptp(prediction) == 0:
        warnings.warn(
            "the truth or the prediction is constant: its correlation is undefined, taken as 0",
            UserWarning,
            stacklevel=3,
        )
        return 0.0
    first, second = _centred(truth), _centred(prediction)
    r = first @ second / np.sqrt((first @ first) * (second @ second))
    return float(np.clip(r, -1, 1))


def _centred(values: FloatArray) -> FloatArray:
    centred = values - values.mean()
    # Pearson ignores scale; without this, the squares of a diverged run's outputs overflow
    scaled: FloatArray = centred / np.abs(centred).max()
    return scaled
