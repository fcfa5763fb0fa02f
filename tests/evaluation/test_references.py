"""Answers without a model, worked by hand."""

import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.evaluation.references import best_reachable, constant, training_mean


def segments(labels: list[list[float]]) -> Segments:
    n = len(labels)
    return Segments(
        ids=[f"v[{i}]" for i in range(n)],
        intervals=np.zeros((n, 2)),
        labels=np.array(labels, np.float32),
        words=Ragged(np.array([], dtype=object), np.zeros(n + 1, np.int64)),
        features={},
    )


def test_the_training_mean_answers_by_its_sign() -> None:
    train, test = segments([[-1], [0.5], [1.1]]), segments([[2], [-1], [0], [1]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = constant(training_mean(train, "sentiment"), test, "sentiment")
    assert scores["acc2_non0"] == pytest.approx(2 / 3)
    assert scores["mae"] == pytest.approx((1.8 + 1.2 + 0.2 + 0.8) / 4)
    assert scores["corr"] == 0


def test_what_the_test_split_says_does_not_move_the_answer() -> None:
    train = segments([[-1], [-2]])
    answer = training_mean(train, "sentiment")
    assert answer == [-1.5]
    assert constant(answer, segments([[3], [3]]), "sentiment")["acc2_non0"] == 0


def test_emotions_get_the_answer_of_the_majority() -> None:
    train = segments([[1, 0, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]])
    test = segments([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]])
    answer = training_mean(train, "iemocap")
    assert answer == pytest.approx([1 / 6, -1 / 2, 1 / 6, -1 / 6])
    scores = constant(answer, test, "iemocap")
    assert scores["acc_neutral"] == pytest.approx(1 / 3)
    assert scores["acc_happy"] == pytest.approx(2 / 3)
    assert scores["acc_sad"] == 0
    assert scores["acc_angry"] == pytest.approx(2 / 3)


def test_the_planted_parts_are_found_by_id(tmp_path: Path) -> None:
    planted = {"id": ["v[1]", "v[0]"], "best_text_only": [1.0, 2.0], "best_all": [-1.0, 3.0]}
    pd.DataFrame(planted).to_parquet(tmp_path / "planted.parquet")
    scores = best_reachable(tmp_path / "planted.parquet", segments([[3], [-1]]), "sentiment")
    assert (scores["all"]["mae"], scores["text_only"]["mae"]) == (0, 1.5)
