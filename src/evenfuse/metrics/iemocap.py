"""IEMOCAP: four emotions, each present or not; a prediction (a logit) above 0 means present.

================== ===========================================================================
acc_E, f1_E        accuracy and F1 weighted by class, for each emotion E; the paper's table 5
f1pos_E            F1 of "present" alone: always answering "absent" scores 0, but acc_happy 85.6 %
balanced_acc       mean over the emotions of (recall of present + recall of absent) / 2; one that
                   does not occur, such as "present" of an emotion that nobody has, counts as 0.5
acc4               the highest logit is the right emotion; only segments with exactly one
================== ===========================================================================

The last three are our addition. Source of the task: Tsai et al. 2019 (MulT).
"""

import numpy as np

from evenfuse.errors import EvenfuseError
from evenfuse.metrics._basics import (
    BoolArray,
    FloatArray,
    accuracy,
    checked,
    positive_f1_contributions,
    recall_contributions,
    weighted_f1,
    weighted_f1_contributions,
)
from evenfuse.settings.metrics.iemocap import EMOTIONS


def scores(truth: FloatArray, prediction: FloatArray) -> dict[str, float]:
    """Return every metric of the family for two arrays (n, 4): truth 0 or 1, and logits.

    Raises:
        EvenfuseError: if shapes are not (n, 4), n is 0, a value is NaN or infinite, or no sample
            has exactly one emotion.
    """
    results: dict[str, float] = {}
    balanced = []
    for emotion, (true, guess) in _answers(truth, prediction).items():
        results[f"acc_{emotion}"] = accuracy(true, guess)
        results[f"f1_{emotion}"] = weighted_f1(true, guess)
        hits = 2 * float(np.mean(true & guess))
        results[f"f1pos_{emotion}"] = hits / max(_shares(true, guess), 1e-12)
        balanced.append((_recall(true, guess) + _recall(~true, ~guess)) / 2)
    results["balanced_acc"] = float(np.mean(balanced))
    results["acc4"] = float(np.mean(_acc4(truth, prediction)))
    return results


def in_words(prediction: FloatArray) -> list[str]:
    """Return the emotion with the highest logit for predictions (n, 4)."""
    return [EMOTIONS[place] for place in prediction.argmax(axis=1)]


def contributions(truth: FloatArray, prediction: FloatArray) -> dict[str, FloatArray]:
    """Return what each sample that counts contributes to a metric, which is their mean.

    acc4 counts the samples with one emotion only.

    Raises:
        EvenfuseError: as `scores`.
    """
    found: dict[str, FloatArray] = {}
    recalls = []
    for emotion, (true, said) in _answers(truth, prediction).items():
        found[f"acc_{emotion}"] = (true == said).astype(float)
        found[f"f1_{emotion}"] = weighted_f1_contributions(true, said)
        found[f"f1pos_{emotion}"] = positive_f1_contributions(true, said)
        recalls += [recall_contributions(true, said), recall_contributions(~true, ~said)]
    found["balanced_acc"] = np.mean(recalls, axis=0)
    found["acc4"] = _acc4(truth, prediction).astype(float)
    return found


def _acc4(truth: FloatArray, prediction: FloatArray) -> BoolArray:
    """Return, of the samples with exactly one emotion, whether its logit is the highest."""
    one = truth.sum(axis=1) == 1
    if not one.any():
        raise EvenfuseError("no sample is left for acc4: none has exactly one emotion")
    right: BoolArray = truth[one].argmax(axis=1) == prediction[one].argmax(axis=1)
    return right


def _answers(truth: FloatArray, prediction: FloatArray) -> dict[str, tuple[BoolArray, BoolArray]]:
    if truth.ndim != 2 or truth.shape[1] != len(EMOTIONS) or truth.shape != prediction.shape:
        raise EvenfuseError(
            f"truth has shape {truth.shape} and prediction {prediction.shape}: give (n, 4) each"
        )
    pairs = {emotion: checked(truth[:, i], prediction[:, i]) for i, emotion in enumerate(EMOTIONS)}
    return {emotion: (true > 0.5, logit > 0) for emotion, (true, logit) in pairs.items()}


def _shares(true: BoolArray, guess: BoolArray) -> float:
    return float(np.mean(true) + np.mean(guess))


def _recall(true: BoolArray, guess: BoolArray) -> float:
    """Return the recall of a class, 0..1, or 0.5 for a class that does not occur."""
    return float(np.mean(guess[true])) if true.any() else 0.5
