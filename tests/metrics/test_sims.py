import numpy as np
import pytest
from sklearn.metrics import accuracy_score, f1_score

from evenfuse.metrics import sims

TRUTH = np.array([-1.0, -0.6, 0.0, 0.2, 0.8])
PREDICTION = np.array([-3.0, 0.05, -0.2, 0.6, 0.7])


def test_scores_by_hand():
    scores = sims.scores(TRUTH, PREDICTION)
    # Truth - - - + +, prediction - + - + +.
    assert scores["acc2"] == pytest.approx(4 / 5)
    assert scores["f1"] == pytest.approx(3 / 5 * 4 / 5 + 2 / 5 * 4 / 5)
    # Truth 0 0 1 2 2, prediction 0 1 0 2 2.
    assert scores["acc3"] == pytest.approx(3 / 5)
    # Truth 0 1 2 3 4, prediction 0 2 1 3 3.
    assert scores["acc5"] == pytest.approx(2 / 5)
    # The first prediction is clipped to -1: 0 + 0.65 + 0.2 + 0.4 + 0.1.
    assert scores["mae"] == pytest.approx(1.35 / 5)
    clipped = np.array([-1.0, 0.05, -0.2, 0.6, 0.7])
    assert scores["corr"] == pytest.approx(np.corrcoef(TRUTH, clipped)[0, 1])


def test_correct_by_hand():
    correct = sims.contributions(TRUTH, PREDICTION)
    assert {name: kept.tolist() for name, kept in correct.items() if "acc" in name} == {
        "acc2": [True, False, True, True, True],
        "acc3": [True, False, False, True, True],
        "acc5": [True, False, False, True, False],
    }


@pytest.mark.parametrize(
    ("name", "cut", "below", "above"),
    [
        ("acc2", 0.0, -0.05, 0.05),
        ("acc3", -0.1, -0.5, 0.0),
        ("acc3", 0.1, 0.0, 0.5),
        ("acc5", -0.7, -0.8, -0.6),
        ("acc5", -0.1, -0.2, 0.0),
        ("acc5", 0.1, 0.0, 0.2),
        ("acc5", 0.7, 0.6, 0.8),
    ],
)
def test_a_value_on_a_cut_belongs_below_it(name, cut, below, above):
    correct = sims.contributions(np.array([cut, cut]), np.array([below, above]))
    assert correct[name].tolist() == [True, False]


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("cut", [-0.7, -0.1, 0.0, 0.1, 0.7])
def test_cuts_hold_in_the_precision_in_which_labels_are_kept(kind: type, cut: float) -> None:
    """0.1 and -0.7 in float32 are above 0.1 and -0.7 in float64."""
    on_it = np.array([cut, cut], kind).astype(np.float64)
    sides = np.array([cut - 0.05, cut + 0.05])
    correct = sims.contributions(on_it, sides)
    assert correct["acc5" if cut else "acc2"].tolist() == [True, False]
    assert sims.contributions(sides, on_it)["acc5" if cut else "acc2"].tolist() == [True, False]


def test_labels_between_the_cuts_are_classed_alike_in_any_precision() -> None:
    labels = np.arange(-10, 11) / 10
    for truth in (labels, labels.astype(np.float32)):
        classes = sims._classes(truth.astype(np.float64), labels)["acc5"]
        assert classes[0].tolist() == classes[1].tolist()
        assert np.bincount(classes[0]).tolist() == [4, 6, 2, 6, 3]


def test_worst_prediction():
    truth = np.array([-1.0, -0.8, 0.8, 1.0])
    scores = sims.scores(truth, -truth)
    assert scores.pop("mae") == pytest.approx(1.8)
    assert scores.pop("corr") == pytest.approx(-1)
    assert set(scores.values()) == {0}


def test_truth_is_clipped_too():
    assert sims.scores(np.array([-1.0, 4.0]), np.array([-1.0, 1.0]))["mae"] == 0


def test_a_prediction_that_clipping_makes_constant_has_no_correlation():
    with pytest.warns(UserWarning, match="constant"):
        assert sims.scores(TRUTH, np.arange(2.0, 7.0))["corr"] == 0


def test_scores_equal_scikit_learn():
    rng = np.random.default_rng(0)
    truth = rng.integers(-5, 6, 300) / 5
    prediction = truth + rng.normal(0, 0.5, 300)
    scores = sims.scores(truth, prediction)
    for name, cuts in {"acc2": [0], "acc3": [-0.1, 0.1], "acc5": [-0.7, -0.1, 0.1, 0.7]}.items():
        pair = [sum((y > cut).astype(int) for cut in cuts) for y in (truth, prediction)]
        assert scores[name] == pytest.approx(accuracy_score(*pair))
    expected = f1_score(truth > 0, prediction > 0, average="weighted")
    assert scores["f1"] == pytest.approx(expected)
