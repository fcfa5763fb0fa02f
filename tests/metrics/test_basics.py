import numpy as np
import pytest
from scipy.stats import pearsonr
from sklearn.metrics import accuracy_score, f1_score

from evenfuse.errors import EvenfuseError
from evenfuse.metrics._basics import (
    accuracy,
    checked,
    correlation,
    mean_absolute_error,
    weighted_f1,
)


def classes(*values):
    return np.array(values, np.int64)


def numbers(*values):
    return np.array(values, np.float64)


@pytest.mark.parametrize(
    ("truth", "prediction", "sentence"),
    [
        (numbers(1, 2), numbers(1), r"truth has shape \(2,\) and prediction \(1,\)"),
        (numbers(1, 2), np.ones((2, 1)), r"truth has shape \(2,\) and prediction \(2, 1\)"),
        (np.ones((2, 1)), np.ones((2, 1)), r"truth has shape \(2, 1\)"),
        (numbers(), numbers(), "no sample to score"),
        (numbers(1, np.nan), numbers(1, 2), "the truth holds NaN or infinity in 1 of 2"),
        (numbers(1, 2), numbers(np.inf, -np.inf), "the prediction holds NaN or infinity in 2 of 2"),
    ],
)
def test_input_that_cannot_be_scored_is_refused(truth, prediction, sentence):
    with pytest.raises(EvenfuseError, match=sentence):
        checked(truth, prediction)


def test_checked_input_is_float64():
    truth, prediction = checked(np.array([1, 2]), np.array([1, 2], np.float32))
    assert truth.dtype == prediction.dtype == np.float64


def test_accuracy_by_hand():
    assert accuracy(classes(0, 1, 2, 2), classes(0, 1, 2, 0)) == 0.75


def test_weighted_f1_by_hand_and_truth_first():
    # Class 0: 3 true, 1 predicted, 1 hit: F1 = 2/4. Class 1: 1 true, 3 predicted, 1 hit: 2/4.
    assert weighted_f1(classes(0, 0, 0, 1), classes(0, 1, 1, 1)) == 0.5
    # Class 0: 3 true, 4 predicted, 3 hits: 6/7, weight 3/4. Class 1 never predicted: 0.
    assert weighted_f1(classes(0, 0, 0, 1), classes(0, 0, 0, 0)) == pytest.approx(18 / 28)
    # The other way round class 0 weighs 1.
    assert weighted_f1(classes(0, 0, 0, 0), classes(0, 0, 0, 1)) == pytest.approx(6 / 7)


def test_weighted_f1_of_perfect_worst_and_unused_classes():
    truth = np.array([True, False, True])
    assert weighted_f1(truth, truth) == 1
    assert weighted_f1(truth, ~truth) == 0
    assert weighted_f1(classes(4, 4, 1), classes(4, 4, 1)) == 1


@pytest.mark.parametrize("kinds", [1, 2, 3, 7])
def test_weighted_f1_and_accuracy_equal_scikit_learn(kinds):
    rng = np.random.default_rng(kinds)
    for size in (1, 2, 5, 50):
        truth, prediction = rng.integers(kinds, size=(2, size))
        expected = f1_score(truth, prediction, average="weighted", zero_division=0)
        assert weighted_f1(truth, prediction) == pytest.approx(expected, abs=1e-12)
        assert accuracy(truth, prediction) == pytest.approx(accuracy_score(truth, prediction))


def test_mean_absolute_error_by_hand():
    assert mean_absolute_error(numbers(1, -1, 0), numbers(2, 1, 0)) == 1


def test_correlation_by_hand():
    # Centred: (-1, 0, 1) and (-1, 1, 0); 1 / sqrt(2 * 2).
    assert correlation(numbers(1, 2, 3), numbers(4, 6, 5)) == pytest.approx(0.5)
    assert correlation(numbers(1, 2, 4), numbers(2, 4, 8)) == pytest.approx(1)
    assert correlation(numbers(1, 2, 4), numbers(-1, -2, -4)) == pytest.approx(-1)


def test_correlation_equals_scipy():
    rng = np.random.default_rng(0)
    for size in (2, 3, 30, 700):
        truth, prediction = rng.normal(size=(2, size)) + 5
        expected = pearsonr(truth, prediction).statistic
        assert correlation(truth, prediction) == pytest.approx(expected, abs=1e-12)


def test_correlation_never_leaves_its_range():
    rng = np.random.default_rng(0)
    lines = rng.normal(size=(300, 5))
    assert max(correlation(line, 3 * line + 0.1) for line in lines) <= 1


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_correlation_of_a_diverged_run_is_a_number(scale):
    assert correlation(numbers(1, 2, 3), scale * numbers(4, 6, 5)) == pytest.approx(0.5)


@pytest.mark.parametrize("constant", [0.0, 0.1, -3.0])
def test_correlation_with_a_constant_is_zero_and_warned_of(constant):
    flat, sloped = np.full(7, constant), np.arange(7.0)
    for pair in ((sloped, flat), (flat, sloped), (flat, flat)):
        with pytest.warns(UserWarning, match="constant"):
            assert correlation(*pair) == 0
