"""What the families share: checks of the input, accuracy, weighted F1, absolute error, Pearson."""

import warnings
from collections.abc import Callable, Mapping
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


def polarities(prediction: FloatArray, near: float) -> list[str]:
    """Return the polarity of each prediction (n, 1) in words; within `near` of 0 is neutral."""
    values = prediction[:, 0]
    named = np.select([values < -near, values > near], ["negative", "positive"], "neutral")
    return [str(name) for name in named]


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


def correlation_contributions(truth: FloatArray, prediction: FloatArray) -> FloatArray:
    """Return what each sample contributes to Pearson's r, ``(n,)`` with r as their mean.

    By the influence function of r; all 0 if one array is constant.
    """
    if np.ptp(truth) == 0 or np.ptp(prediction) == 0:
        return np.zeros(truth.size)
    first, second = (_centred(values) for values in (truth, prediction))
    first, second = (values / np.sqrt(np.mean(values**2)) for values in (first, second))
    r = np.mean(first * second)
    contributions: FloatArray = r + first * second - r * (first**2 + second**2) / 2
    return contributions


def weighted_f1_contributions(truth: ClassArray, prediction: ClassArray) -> FloatArray:
    """Return what each sample contributes to `weighted_f1`, ``(n,)`` with the score as their mean.

    By its derivatives by the shares of each class in the truth, in the prediction and in both.
    """
    truth, prediction = np.asarray(truth, np.int64), np.asarray(prediction, np.int64)
    classes = 1 + int(max(truth.max(), prediction.max()))
    support, predicted = (
        np.bincount(c, minlength=classes) / truth.size for c in (truth, prediction)
    )
    hit = truth == prediction
    both = np.bincount(truth[hit], minlength=classes) / truth.size
    either = np.where(support + predicted > 0, support + predicted, 1.0)
    f1 = 2 * both / either
    by_predicted = -support * f1 / either
    parts = (
        (f1 + by_predicted)[truth] + by_predicted[prediction] + hit * (2 * support / either)[truth]
    )
    contributions: FloatArray = float(support @ f1) + parts - parts.mean()
    return contributions


def positive_f1_contributions(truth: BoolArray, prediction: BoolArray) -> FloatArray:
    """Return what each sample contributes to the F1 of "yes", ``(n,)`` with it as their mean."""
    either = np.mean(truth) + np.mean(prediction)
    if either == 0:
        return np.zeros(truth.size)
    f1 = 2 * np.mean(truth & prediction) / either
    parts = (2 * (truth & prediction) - f1 * (truth.astype(float) + prediction)) / either
    contributions: FloatArray = f1 + parts - parts.mean()
    return contributions


def recall_contributions(truth: BoolArray, prediction: BoolArray) -> FloatArray:
    """Return what each sample contributes to the recall of a class, ``(n,)``.

    A class that does not occur is recalled by nobody: 0.5 from every sample.
    """
    if not truth.any():
        return np.full(truth.size, 0.5)
    recall = np.mean(prediction[truth])
    contributions: FloatArray = recall + truth * (prediction - recall) / np.mean(truth)
    return contributions


def jackknife(
    scores: Callable[[FloatArray, FloatArray], Mapping[str, float]],
    truth: FloatArray,
    prediction: FloatArray,
) -> dict[str, FloatArray]:
    """Return what each sample contributes to each score, with the score as their mean.

    Found by taking every sample twice once, the "positive" jackknife: Davison and Hinkley 1997,
    section 2.7. To leave one out, as usual, could leave a class without any sample.
    """
    whole, every = scores(truth, prediction), np.arange(len(truth))
    doubled = [np.append(every, sample) for sample in every]
    with_one_more = [scores(truth[rows], prediction[rows]) for rows in doubled]
    contributions = {}
    for name, score in whole.items():
        more = np.array([scored[name] for scored in with_one_more])
        contributions[name] = score + (len(truth) + 1) * (more - more.mean())
    return contributions
