"""Means and gaps where segments and seeds are draws: worked by hand, limits, error rates."""

import numpy as np
import pytest
from scipy import stats

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.crossed import Estimate, gap, mean


def test_mean_worked_by_hand() -> None:
    # seeds have means 2 and 4, segments 2, 3, 4; no rest
    scores = np.array([[1.0, 2.0, 3.0], [3.0, 4.0, 5.0]])
    found = mean(scores)
    # variance of the mean by seeds: var(2, 4) / 2 = 1, t with 1 degree; by segments: 1 / 3
    width = np.sqrt(stats.t.ppf(0.975, 1) ** 2 * 1 + stats.norm.ppf(0.975) ** 2 / 3)
    assert found.value == 3
    assert (found.low, found.high) == pytest.approx((3 - width, 3 + width))
    assert (found.segments, found.seeds) == (3, (2,))


def test_noise_is_taken_off_the_spread_of_seeds() -> None:
    # seed means .5 and .5 differ by less than the noise between segments explains
    scores = np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    found = mean(scores)
    assert found.low == found.high == 0.5  # no spread of segments, none of seeds


def test_without_spread_of_seeds_it_is_a_z_test_of_the_segments() -> None:
    rng = np.random.default_rng(0)
    differences = rng.normal(0.1, 1, 500)
    first, second = np.tile(differences, (4, 1)), np.zeros((4, 500))
    found = gap(first, second)
    z = differences.mean() / (differences.std(ddof=1) / np.sqrt(500))
    assert found.p == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-6)


def test_without_spread_of_segments_it_is_welchs_t_test_of_the_seeds() -> None:
    first = np.repeat([[0.80], [0.84], [0.81]], 1000, axis=1)
    second = np.repeat([[0.74], [0.78], [0.79], [0.70]], 1000, axis=1)
    found = gap(first, second)
    expected = stats.ttest_ind(first[:, 0], second[:, 0], equal_var=False)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-6)
    interval = expected.confidence_interval()
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_p_and_interval_agree() -> None:
    rng = np.random.default_rng(1)
    for shift in (0.0, 0.02, 0.05, 0.1, 0.4):
        first, second = (rng.normal(s, 1, (3, 200)) for s in (shift, 0))
        found = gap(first, second)
        assert (found.p < 0.05) == (found.low > 0 or found.high < 0)


def test_a_gap_turned_round_changes_its_sign_alone() -> None:
    rng = np.random.default_rng(2)
    first, second = rng.normal(size=(3, 50)), rng.normal(size=(5, 50))
    one, other = gap(first, second), gap(second, first)
    assert (one.value, one.low, one.high) == pytest.approx((-other.value, -other.high, -other.low))
    assert one.p == pytest.approx(other.p)


def test_scale_and_order_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    first, second = rng.normal(0.3, 1, (3, 60)), rng.normal(size=(3, 60))
    order = rng.permutation(60)
    again = gap(7 * first[::-1, order] + 2, 7 * second[:, order] + 2)
    assert again.p == pytest.approx(gap(first, second).p)
    assert again.value == pytest.approx(7 * gap(first, second).value)


def test_an_arm_against_itself_is_no_gap() -> None:
    scores = np.random.default_rng(4).normal(size=(3, 40))
    assert gap(scores, scores).p == 1
    assert gap(np.ones((2, 4)), np.ones((2, 4))) == Estimate(0, 0, 0, 1, 4, (2, 2))
    assert gap(np.ones((2, 4)), np.zeros((2, 4))).p == 0


def test_a_single_seed_says_nothing_of_seeds() -> None:
    scores = np.random.default_rng(5).normal(size=(1, 40))
    found = mean(scores)
    width = stats.norm.ppf(0.975) * scores.std(ddof=1) / np.sqrt(40)
    assert found.high - found.value == pytest.approx(width)
    assert found.seeds == (1,)


def test_gap_worked_by_hand() -> None:
    # seeds of the first spread less than the rest explains, those of the second more
    first = np.array([[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]])
    second = np.array([[0.0, 1.0, 2.0, 1.0], [2.0, 3.0, 2.0, 1.0]])
    found = gap(first, second)
    # the second's seeds have means 1 and 2; their differences, less 1, are 1, 1, -1, -1
    of_seeds = (2 - 1) ** 2 / 2 / 2 - (4 / 2) / 3 / (2 * 4)
    of_segments = np.var((first - second).mean(axis=0), ddof=1) / 4
    # Welch's degrees of freedom of spreads 0 and 0.25, one each
    width = np.sqrt(
        stats.t.ppf(0.975, 1) ** 2 * of_seeds + stats.norm.ppf(0.975) ** 2 * of_segments
    )
    assert found.high - found.value == pytest.approx(width)


def test_a_single_seed_is_taken_to_spread_like_those_of_the_other_arm() -> None:
    many, one = np.repeat([[0.74], [0.78], [0.79], [0.70]], 1000, axis=1), np.full((1, 1000), 0.9)
    expected = stats.ttest_ind([0.9], many[:, 0])  # its variance is that of the many
    for first, second, sign in ((one, many, 1), (many, one, -1)):
        found = gap(first, second)
        assert found.value == pytest.approx(sign * 0.1475)
        assert found.p == pytest.approx(expected.pvalue, rel=1e-6)
        assert set(found.seeds) == {1, 4}


def test_of_one_seed_each_nothing_is_known() -> None:
    rng = np.random.default_rng(7)
    found = gap(rng.normal(9, 1, (1, 40)), rng.normal(0, 1, (1, 40)))
    assert found.value == pytest.approx(9, abs=1)
    assert (found.low, found.high, found.p) == (-np.inf, np.inf, 1)


@pytest.mark.parametrize("seeds", [(3, 3), (10, 10), (3, 1)])
@pytest.mark.parametrize("deviation", [0.0, 0.02])
def test_a_difference_of_seeds_is_not_taken_for_an_effect(
    seeds: tuple[int, int], deviation: float
) -> None:
    rng, rejected, studies = np.random.default_rng(6), 0, 400
    for _ in range(studies):
        hard = rng.normal(size=1000)
        arms = [
            hard + rng.normal(size=(number, 1000)) + rng.normal(0, 3.5 * deviation, (number, 1))
            for number in seeds
        ]
        first, second = ((arm < 0.84).astype(float) for arm in arms)
        rejected += gap(first, second).p < 0.05
    # twice the standard error of a rate of 5 % over so many studies
    assert rejected / studies < 0.05 + 2 * np.sqrt(0.05 * 0.95 / studies)


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (np.ones((2, 3)), np.ones((2, 4)), "3 and 4 segments"),
        (np.ones(3), np.ones((2, 3)), r"shape \(3,\)"),
        (np.ones((2, 1)), np.ones((2, 1)), "two segments"),
        (np.full((2, 3), np.nan), np.ones((2, 3)), "NaN"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    first: np.ndarray, second: np.ndarray, told: str
) -> None:
    with pytest.raises(EvenfuseError, match=told):
        gap(first, second)
