import json
from functools import partial

import numpy as np
import pytest
from scipy.stats import binomtest, permutation_test

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.significance import (
    binomial_standard_error,
    bootstrap_intervals,
    holm,
    mcnemar,
    paired_permutation_test,
    summarize,
)
from evenfuse.metrics import sentiment
from evenfuse.settings.metrics.sentiment import FAMILY

permute = partial(paired_permutation_test, permutations=2000, seed=0)


def mean_score(truth, prediction):
    return {"mean": float(prediction.mean())}


def mean_interval(predictions, resamples=2000, seed=0):
    truth = np.zeros(predictions.shape[1])
    return bootstrap_intervals(truth, predictions, mean_score, resamples=resamples, seed=seed)[
        "mean"
    ]


def width(interval):
    return interval[1] - interval[0]


def test_summary_by_hand():
    assert summarize([1.0, 2.0, 6.0]) == {"mean": 3.0, "std": pytest.approx(7**0.5)}
    assert summarize([0.25]) == {"mean": 0.25, "std": None}
    assert json.loads(json.dumps(summarize([0.25]))) == {"mean": 0.25, "std": None}


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [np.inf]])
def test_no_summary_of_nothing_or_nan(values):
    with pytest.raises(EvenfuseError, match="cannot summarize"):
        summarize(values)


def test_interval_over_samples_has_the_width_theory_gives():
    values = np.random.default_rng(0).normal(size=(1, 400))
    low, high = mean_interval(values)
    assert width((low, high)) == pytest.approx(2 * 1.96 * values.std() / 400**0.5, rel=0.06)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.01)


def test_interval_over_seeds_has_the_width_theory_gives():
    per_seed = np.random.default_rng(0).normal(size=(30, 1))
    interval = mean_interval(np.repeat(per_seed, 4, axis=1))
    assert width(interval) == pytest.approx(2 * 1.96 * per_seed.std() / 30**0.5, rel=0.06)


def test_seeds_share_the_drawn_samples():
    values = np.random.default_rng(0).normal(size=(1, 100))
    alike = np.repeat(values, 10, axis=0)
    assert width(mean_interval(alike)) == pytest.approx(width(mean_interval(values)), rel=0.1)


def test_interval_covers_the_true_mean():
    rng = np.random.default_rng(0)
    intervals = [mean_interval(rng.normal(size=(1, 40)), resamples=200) for _ in range(200)]
    assert 0.90 <= np.mean([low <= 0 <= high for low, high in intervals]) <= 0.98


def test_intervals_of_a_family_hold_its_scores():
    rng = np.random.default_rng(0)
    truth = rng.integers(-9, 10, 80) / 3
    predictions = truth + rng.normal(size=(3, 80))
    intervals = bootstrap_intervals(truth, predictions, sentiment.scores, resamples=200, seed=0)
    per_seed = [sentiment.scores(truth, prediction) for prediction in predictions]
    assert list(intervals) == list(FAMILY.metrics)
    for name, (low, high) in intervals.items():
        assert low < np.mean([scores[name] for scores in per_seed]) < high


def test_a_perfect_prediction_stays_perfect_in_every_resample():
    truth = np.linspace(-3, 3, 40)
    predictions = np.stack([truth, truth])
    intervals = bootstrap_intervals(truth, predictions, sentiment.scores, resamples=50, seed=0)
    assert intervals["mae"] == (0, 0)
    assert intervals["acc7"] == (1, 1)


def test_an_interval_repeats_with_its_seed_only():
    values = np.random.default_rng(0).normal(size=(2, 50))
    assert mean_interval(values, seed=1) == mean_interval(values, seed=1)
    assert mean_interval(values, seed=1) != mean_interval(values, seed=2)


@pytest.mark.parametrize(
    ("shape", "resamples"), [((2, 5), 10), ((0, 4), 10), ((2, 4), 0), ((4,), 10), ((), 10)]
)
def test_no_interval_from_unfit_input(shape, resamples):
    with pytest.raises(EvenfuseError, match="cannot draw"):
        bootstrap_intervals(np.ones(4), np.ones(shape), mean_score, resamples=resamples, seed=0)


def test_permutation_p_of_equal_arms_is_one_and_is_never_zero():
    values = np.random.default_rng(0).normal(size=(2, 60))
    assert permute(values, values) == 1
    assert paired_permutation_test(values, values + 1, permutations=99, seed=0) == 0.01


def test_permutation_p_by_hand():
    # Of the 8 orders of 1, 2, 3 only +++ and --- reach 6.
    assert permute(np.array([[1.0, 2.0, 3.0]]), np.zeros((1, 3))) == pytest.approx(0.25, abs=0.03)


@pytest.mark.parametrize("kind", ["losses", "correctness"])
def test_permutation_p_equals_scipy(kind):
    rng = np.random.default_rng(1)
    for _ in range(5):
        first, second = rng.normal(size=(2, 5, 10)) + 0.3 * rng.normal(size=(2, 1, 1))
        if kind == "correctness":
            first, second = first > 0, second > 0
        means = (first.mean(axis=0), second.mean(axis=0))
        exact = permutation_test(
            means, lambda x, y: np.mean(x - y), permutation_type="samples", n_resamples=np.inf
        )
        assert permute(first, second) == pytest.approx(exact.pvalue, abs=0.05)


def test_rounding_breaks_no_tie():
    # Sums of whole numbers are exact; a tenth of each must tie in the same places.
    rng = np.random.default_rng(0)
    for whole in rng.integers(-4, 5, size=(20, 1, 12)):
        assert permute(whole / 10, np.zeros((1, 12))) == permute(whole, np.zeros((1, 12)))


def test_swapping_arms_leaves_p_equal():
    first, second = np.random.default_rng(0).normal(size=(2, 3, 30))
    assert permute(first, second) == permute(second, first)


def test_p_is_uniform_when_only_samples_differ():
    # The seeds share each sample's difference: 4 seeds are not 4 times the evidence.
    rng = np.random.default_rng(0)
    p_values = []
    for seed in range(1000):
        first = rng.normal(size=(1, 25)) + 0.3 * rng.normal(size=(4, 25))
        p_values.append(
            paired_permutation_test(first, np.zeros((4, 25)), permutations=99, seed=seed)
        )
    for level in (0.05, 0.5):
        assert np.mean(np.array(p_values) <= level) == pytest.approx(level, abs=0.25 * level + 0.01)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (np.ones((2, 3)), np.ones((2, 4)), "cannot pair"),
        (np.ones((2, 3)), np.ones((1, 3)), "cannot pair"),
        (np.ones(3), np.ones(3), "cannot pair"),
        (np.ones((2, 0)), np.ones((2, 0)), "cannot pair"),
        (np.ones((1, 2)), np.array([[1.0, np.nan]]), "NaN or infinity"),
        (np.array([[1.0, np.inf]]), np.ones((1, 2)), "NaN or infinity"),
    ],
)
def test_arms_that_do_not_pair_are_refused(first, second, sentence):
    with pytest.raises(EvenfuseError, match=sentence):
        permute(first, second)


def test_no_test_without_permutations():
    with pytest.raises(EvenfuseError, match="0 permutations"):
        paired_permutation_test(np.ones((1, 2)), np.ones((1, 2)), permutations=0, seed=0)


@pytest.mark.parametrize(
    ("wins", "losses", "p"), [(1, 5, 14 / 64), (0, 5, 2 / 32), (3, 3, 1), (0, 0, 1), (0, 1, 1)]
)
def test_mcnemar_by_hand(wins, losses, p):
    first = np.array([True] * wins + [False] * losses + [True, False])
    second = np.array([False] * wins + [True] * losses + [True, False])
    assert mcnemar(first, second) == pytest.approx(p)
    assert mcnemar(second, first) == pytest.approx(p)


def test_mcnemar_equals_scipy():
    rng = np.random.default_rng(0)
    for _ in range(20):
        first, second = rng.random((2, 200)) < [[0.7], [0.6]]
        wins, losses = (first & ~second).sum(), (second & ~first).sum()
        assert mcnemar(first, second) == pytest.approx(binomtest(wins, wins + losses).pvalue)


@pytest.mark.parametrize("shapes", [((2,), (3,)), ((0,), (0,)), ((2, 3), (2, 3))])
def test_mcnemar_takes_one_seed_of_paired_samples(shapes):
    with pytest.raises(EvenfuseError, match="cannot pair"):
        mcnemar(*(np.ones(shape, bool) for shape in shapes))


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1, 1]
    assert holm([0.2]) == [0.2]
    assert holm([]) == []


def test_holm_keeps_order_and_lies_between_raw_and_bonferroni():
    raw = np.random.default_rng(0).random(50) ** 4
    adjusted = np.array(holm(raw))
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()
    assert (raw <= adjusted).all()
    assert (adjusted <= np.minimum(1, 50 * raw)).all()


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_holm_refuses_what_is_no_probability(p):
    with pytest.raises(EvenfuseError, match="cannot adjust"):
        holm([0.5, p])


def test_binomial_standard_error_by_hand():
    assert binomial_standard_error(0.5, 100) == pytest.approx(0.05)
    assert binomial_standard_error(0.9, 100) == pytest.approx(0.03)
    assert binomial_standard_error(0.86, 686) == pytest.approx(0.013, abs=5e-4)
    assert binomial_standard_error(1.0, 7) == 0


@pytest.mark.parametrize(("p", "n"), [(1.1, 10), (-0.1, 10), (np.nan, 10), (0.5, 0)])
def test_no_standard_error_of_what_is_no_proportion(p, n):
    with pytest.raises(EvenfuseError, match="no standard error"):
        binomial_standard_error(p, n)
