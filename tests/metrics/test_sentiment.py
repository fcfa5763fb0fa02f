import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from evenfuse.errors import EvenfuseError
from evenfuse.metrics import sentiment

TRUTH = np.array([-3.0, -0.4, 0.0, 0.6, 2.4, 3.0])
PREDICTION = np.array([-2.0, 0.4, -0.2, 0.5, 1.5, 5.0])


def test_scores_by_hand():
    scores = sentiment.scores(TRUTH, PREDICTION)
    # Without y = 0: truth - - + + +, prediction - + + + +.
    assert scores["acc2_non0"] == pytest.approx(4 / 5)
    assert scores["f1_non0"] == pytest.approx(2 / 5 * 2 / 3 + 3 / 5 * 6 / 7)
    # All: truth - - + + + +, prediction - + - + + +.
    assert scores["acc2_has0"] == pytest.approx(4 / 6)
    assert scores["f1_has0"] == pytest.approx(2 / 6 * 1 / 2 + 4 / 6 * 6 / 8)
    # Within +-2: truth -2 0 0 1 2 2, prediction -2 0 0 0 2 2 (0.5 to 0, 1.5 to 2).
    assert scores["acc5"] == pytest.approx(5 / 6)
    # Within +-3: truth -3 0 0 1 2 3, prediction -2 0 0 0 2 3.
    assert scores["acc7"] == pytest.approx(4 / 6)
    # Not clipped: 1 + 0.8 + 0.2 + 0.1 + 0.9 + 2.
    assert scores["mae"] == pytest.approx(5 / 6)
    assert scores["corr"] == pytest.approx(np.corrcoef(TRUTH, PREDICTION)[0, 1])


def test_correct_by_hand():
    correct = sentiment.contributions(TRUTH, PREDICTION)
    assert {name: kept.tolist() for name, kept in correct.items() if "acc" in name} == {
        "acc2_non0": [True, False, True, True, True],
        "acc2_has0": [True, False, False, True, True, True],
        "acc5": [True, True, True, False, True, True],
        "acc7": [False, True, True, False, True, True],
    }


def test_a_prediction_of_zero_is_negative_without_neutral_and_positive_with():
    truth, prediction = np.array([1.0, -1.0]), np.array([0.0, 0.0])
    correct = sentiment.contributions(truth, prediction)
    assert correct["acc2_non0"].tolist() == [False, True]
    assert correct["acc2_has0"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("prediction", "rounded"), [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (-2.5, -2)]
)
def test_halves_round_to_even(prediction, rounded):
    correct = sentiment.contributions(np.array([1.0, rounded]), np.array([1.0, prediction]))
    assert correct["acc7"].all()
    assert correct["acc5"].all()


def test_worst_prediction():
    truth = np.array([-3.0, -1.0, 1.0, 3.0])
    scores = sentiment.scores(truth, -truth)
    assert scores.pop("mae") == 4
    assert scores.pop("corr") == pytest.approx(-1)
    assert set(scores.values()) == {0}


@pytest.mark.parametrize("function", [sentiment.scores, sentiment.contributions])
def test_nothing_but_neutral_truth_is_refused(function):
    with pytest.raises(EvenfuseError, match="every truth is neutral"):
        function(np.zeros(3), np.arange(3.0))


def test_scores_equal_scikit_learn():
    rng = np.random.default_rng(0)
    truth = rng.integers(-9, 10, 300) / 3
    prediction = np.round(truth + rng.normal(0, 2, 300), 1)
    kept = truth != 0
    pairs = {
        "non0": (truth[kept] > 0, prediction[kept] > 0),
        "has0": (truth >= 0, prediction >= 0),
    }
    scores = sentiment.scores(truth, prediction)
    for name, pair in pairs.items():
        assert scores[f"acc2_{name}"] == pytest.approx(accuracy_score(*pair))
        assert scores[f"f1_{name}"] == pytest.approx(f1_score(*pair, average="weighted"))
    for limit, name in ((2, "acc5"), (3, "acc7")):
        pair = [[round(max(-limit, min(limit, x))) for x in y] for y in (truth, prediction)]
        assert scores[name] == pytest.approx(accuracy_score(*pair))
