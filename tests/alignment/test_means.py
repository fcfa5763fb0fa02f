import numpy as np
import pytest

from evenfuse.alignment.intervals import covered, mean_over, overlaps
from tests.alignment.sdk import collapsed_intervals

WORDS = np.array([[0.0, 1.0], [1.0, 2.0], [3.0, 4.0]])


def rows(*intervals):
    return np.array(intervals, dtype=np.float64)


def test_the_order_of_frames_changes_no_mean(nasty):
    rng = np.random.default_rng(3)
    words, frames = nasty(rng, 20), nasty(rng, 90)
    frames[:, 0] += 1e-7 * rng.permutation(90)
    features = rng.standard_normal((90, 7), dtype=np.float32)
    order = rng.permutation(90)
    means = mean_over(overlaps(words, frames), features, 20)
    again = mean_over(overlaps(words, frames[order]), features[order], 20)
    assert means.any()
    np.testing.assert_array_equal(again, means)


def test_mean_counts_a_frame_over_a_border_in_full_and_leaves_gaps_zero():
    pairs = overlaps(WORDS, rows((0, 0.5), (0.9, 2)))
    means = mean_over(pairs, np.float32([[1, 10], [3, 20]]), 3)
    assert means.dtype == np.float32
    np.testing.assert_array_equal(means, [[2, 15], [3, 20], [0, 0]])
    np.testing.assert_array_equal(covered(pairs, 3), [True, True, False])


@pytest.mark.parametrize("width", [1, 2, 3, 8, 74])
def test_mean_is_bit_equal_to_numpy_average(width):
    rng = np.random.default_rng(width)
    frames = rng.uniform(0, 1, (500, 1)) + np.array([0, 0.5])
    features = rng.lognormal(0, 3, (500, width)).astype(np.float32)
    in_order = features[frames[:, 0].argsort()]
    mean = mean_over(overlaps(rows((0, 2)), frames), features, 1)
    np.testing.assert_array_equal(mean, [np.average(in_order, axis=0)])


def test_a_value_that_is_not_finite_stays_in_its_rows():
    means = mean_over(overlaps(WORDS, WORDS), np.float32([[np.nan, 1], [-np.inf, 2], [5, 3]]), 3)
    np.testing.assert_array_equal(means, [[np.nan, 1], [-np.inf, 2], [5, 3]])


def test_collapsed_intervals_are_cut_to_the_row_and_nan_without_frames():
    frames = rows((0.5, 0.7), (-1, 0.2), (0.9, 1.5))
    spans = collapsed_intervals(overlaps(WORDS, frames), WORDS, frames)
    np.testing.assert_array_equal(spans, [[0, 1], [1, 1.5], [np.nan, np.nan]])


@pytest.mark.parametrize("width", [0, 1, 5])
@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 4), (3, 0)])
def test_empty(n, m, width):
    reference, frames = np.zeros((n, 2)), np.zeros((m, 2))
    pairs = overlaps(reference, frames)
    assert [part.dtype for part in pairs] == [np.int64, np.int64]
    assert mean_over(pairs, np.zeros((m, width), np.float32), n).shape == (n, width)
    assert collapsed_intervals(pairs, reference, frames).shape == (n, 2)
    assert not covered(pairs, n).any()


def test_pairs_beyond_the_arrays_are_refused():
    pairs = overlaps(WORDS, WORDS)
    with pytest.raises(ValueError, match="2 reference rows"):
        mean_over(pairs, np.zeros((3, 4), np.float32), 2)
    with pytest.raises(ValueError, match="2 frames"):
        mean_over(pairs, np.zeros((2, 4), np.float32), 3)
    with pytest.raises(IndexError):
        covered(pairs, 2)
