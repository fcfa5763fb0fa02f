"""IEMOCAP: four emotions, each a yes or no; a prediction above 0 (a logit) says yes.

================== ===========================================================================
acc_E, f1_E        accuracy and F1 weighted by class, for each emotion E; the paper's table 5
f1pos_E            F1 of "yes" alone: always answering "no" scores 0, but acc_happy 85.6 %
balanced_acc       mean over the emotions of (recall of yes + recall of no) / 2
acc4               the highest of the four is the right one; segments with one emotion only
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
    """Score every metric of the family on two arrays ``(n, 4)``: truth 0 or 1, logits.

    Raises:
        EvenfuseError: shapes are not ``(n, 4)``, no sample, NaN or infinity.
    """
    found: dict[str, float] = {}
    balanced = []
    for emotion, (true, said) in _answers(truth, prediction).items():
        found[f"acc_{emotion}"] = accuracy(true, said)
        found[f"f1_{emotion}"] = weighted_f1(true, said)
        found[f"f1pos_{emotion}"] = 2 * float(np.mean(true & said)) / max(_share(true, said), 1e-12)
        balanced.append((_recall(true, said) + _recall(~true, ~said)) / 2)
    found["balanced_acc"] = float(np.mean(balanced))
    found["acc4"] = float(np.mean(correct(truth, prediction)["acc4"]))
    return found


def correct(truth: FloatArray, prediction: FloatArray) -> dict[str, BoolArray]:
    """For each accuracy, which samples are right; acc4 counts those with one emotion only.

    Raises:
        EvenfuseError: as ``scores``, or no sample has exactly one emotion.
    """
    answers = _answers(truth, prediction)
    right = {f"acc_{emotion}": true == said for emotion, (true, said) in answers.items()}
    one = truth.sum(axis=1) == 1
    if not one.any():
        raise EvenfuseError("no sample is left for acc4: none has exactly one emotion")
    right["acc4"] = truth[one].argmax(axis=1) == prediction[one].argmax(axis=1)
    return right


def contributions(truth: FloatArray, prediction: FloatArray) -> dict[str, FloatArray]:
    """Return what each sample that counts contributes to a metric, which is their mean.

    acc4 counts the samples with one emotion only.

    Raises:
        EvenfuseError: as ``correct``.
    """
    found: dict[str, FloatArray] = {}
    recalls = []
    for emotion, (true, said) in _answers(truth, prediction).items():
        found[f"acc_{emotion}"] = (true == said).astype(float)
        found[f"f1_{emotion}"] = weighted_f1_contributions(true, said)
        found[f"f1pos_{emotion}"] = positive_f1_contributions(true, said)
        recalls += [recall_contributions(true, said), recall_contributions(~true, ~said)]
    found["balanced_acc"] = np.mean(recalls, axis=0)
    found["acc4"] = correct(truth, prediction)["acc4"].astype(float)
    return found


def _answers(truth: FloatArray, prediction: FloatArray) -> dict[str, tuple[BoolArray, BoolArray]]:
    if truth.ndim != 2 or truth.shape[1] != len(EMOTIONS) or truth.shape != prediction.shape:
        raise EvenfuseError(
            f"truth has shape {truth.shape} and prediction {prediction.shape}: give (n, 4) each"
        )
    pairs = {emotion: checked(truth[:, i], prediction[:, i]) for i, emotion in enumerate(EMOTIONS)}
    return {emotion: (true > 0.5, said > 0) for emotion, (true, said) in pairs.items()}


def _share(true: BoolArray, said: BoolArray) -> float:
    return float(np.mean(true) + np.mean(said))


def _recall(true: BoolArray, said: BoolArray) -> float:
    """Recall of a class, 0..1; a class that does not occur is recalled by nobody: 0.5."""
    return float(np.mean(said[true])) if true.any() else 0.5
