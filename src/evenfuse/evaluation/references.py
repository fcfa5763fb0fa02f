"""Scores without a model, to hold a model's against."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evenfuse.cache.segments import Segments
from evenfuse.evaluation.planted import read_planted
from evenfuse.metrics import family

Scores = dict[str, float]


def training_mean(train: Segments, metrics: str) -> list[float]:
    """Return the mean label of the training split as a prediction, a number per column.

    Of a yes or no, its sign is the majority's answer.
    """
    facts = family(metrics).facts
    labels = train.labels[:, : len(facts.columns)]
    answer: list[float] = (labels.mean(axis=0, dtype=np.float64) - facts.zero).tolist()
    return answer


def constant(answer: Sequence[float], test: Segments, metrics: str) -> Scores:
    """Score, on the test split, one answer to everything, a number per column."""
    own = family(metrics)
    truth = test.labels[:, : len(answer)].astype(np.float64)
    predicted = np.broadcast_to(np.array(answer), truth.shape)
    with warnings.catch_warnings():
        # its correlation is 0 by design
        warnings.simplefilter("ignore", UserWarning)
        return own.scores(truth, predicted)


def best_reachable(planted: Path, test: Segments, metrics: str) -> dict[str, Scores]:
    """Score, on the test split, whoever knows planted parts of the labels exactly.

    Such predictors know the part of one modality only, or all parts.
    """
    truth = test.labels[:, :1].astype(np.float64)
    best = read_planted(planted, test.ids).filter(regex="^best_")
    return {
        str(name).removeprefix("best_"): family(metrics).scores(truth, answers.to_numpy()[:, None])
        for name, answers in best.items()
    }
