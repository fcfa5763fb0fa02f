import numpy as np
import pytest

from evenfuse.alignment.intervals import EPSILON, overlaps

WORDS = np.array([[0.0, 1.0], [1.0, 2.0], [3.0, 4.0]])


def rows(*intervals):
    return np.array(intervals, dtype=np.float64).reshape(-1, 2)


def joined(reference, frames):
    return [(int(row), int(frame)) for row, frame in zip(*overlaps(reference, frames), strict=True)]


def sdk_joins(row, frame):
    """The SDK's test for one row and one frame, in its own words."""
    near = row[1] - frame[0] > -EPSILON and frame[1] - row[0] > -EPSILON
    shared = abs(max(frame[0], row[0]) - min(frame[1], row[1]))
    return abs(row[0] - row[1]) >= EPSILON and near and shared > EPSILON


def one_by_one(reference, frames):
    order = sorted(range(len(frames)), key=lambda index: frames[index][0])
    return [
        (index, frame)
        for index, row in enumerate(reference)
        for frame in order
        if sdk_joins(row, frames[frame])
    ]


@pytest.mark.parametrize(
    ("frames", "expected"),
    [
        pytest.param(rows((0.2, 0.4)), [(0, 0)], id="inside"),
        pytest.param(rows((0.5, 1.5)), [(0, 0), (1, 0)], id="over a border"),
        pytest.param(rows((-1, 9)), [(0, 0), (1, 0), (2, 0)], id="over everything"),
        pytest.param(rows((-1, 0), (2, 3), (4, 5)), [], id="touching from outside"),
        pytest.param(rows((2.2, 2.8)), [], id="in the gap"),
        pytest.param(rows((0.5, 0.5)), [], id="zero length"),
        pytest.param(rows((0, EPSILON)), [], id="shares exactly epsilon"),
        pytest.param(rows((0, np.nextafter(EPSILON, 1))), [(0, 0)], id="shares an ulp more"),
        pytest.param(rows((0.9, 1 + EPSILON / 2)), [(0, 0)], id="less than epsilon in the next"),
        pytest.param(rows((0.8, 0.6)), [(0, 0)], id="end before start"),
        pytest.param(rows((0.5, 0.7), (0.1, 0.9)), [(0, 1), (0, 0)], id="unsorted"),
        pytest.param(rows((0.5, 0.7), (0.5, 0.6)), [(0, 0), (0, 1)], id="same start"),
        pytest.param(rows((0.1, 3.5), (0.2, 0.4)), [(0, 0), (0, 1), (1, 0), (2, 0)], id="nested"),
        pytest.param(rows(), [], id="no frames"),
    ],
)
def test_pinned(frames, expected):
    assert joined(WORDS, frames) == expected


def test_rows_shorter_than_epsilon_get_nothing():
    words = rows((1, 1), (1, 1 + EPSILON / 2), (1, 1 + 2 * EPSILON), (2, 1))
    assert joined(words, rows((-5, 5))) == [(2, 0), (3, 0)]
    assert joined(rows((2, 2 - EPSILON / 2)), rows((1, 2 + 1e-4), (2 - 2e-3, 3))) == []


def test_a_row_of_epsilon_is_joined_only_if_rounding_makes_it_longer():
    assert 1 + EPSILON - 1 < EPSILON < 4 + EPSILON - 4
    words = rows((0, EPSILON), (1, 1 + EPSILON), (4, 4 + EPSILON))
    assert joined(words, rows((-5, 5))) == [(2, 0)]


def test_a_border_one_epsilon_away_is_near_if_rounding_brings_it_nearer():
    assert 1 - (1 + EPSILON) > -EPSILON < (3 - EPSILON) - 3
    assert joined(WORDS, rows((1 + EPSILON, 0.5))) == [(0, 0)]
    assert joined(WORDS, rows((3.5, 3 - EPSILON))) == [(2, 0)]


def test_another_epsilon():
    assert len(overlaps(WORDS, rows((0, 1e-4)), epsilon=1e-5).frame) == 1
    assert len(overlaps(WORDS, rows((0, 1e-4))).frame) == 0


def test_agrees_with_one_by_one_on_nasty_intervals(nasty):
    rng = np.random.default_rng(1)
    for trial in range(400):
        far = rng.choice([0.0, 97.3, 4096.0])
        reference, frames = nasty(rng, trial % 12) + far, nasty(rng, trial % 41) + far
        assert joined(reference, frames) == one_by_one(reference, frames)


def test_a_shift_in_time_changes_nothing():
    rng = np.random.default_rng(2)
    ticks = 2.0**-11 * rng.integers(0, 500, (2, 60, 2))
    pairs, shifted = overlaps(*ticks), overlaps(*(ticks + 1024))
    assert len(pairs.frame) > 500
    np.testing.assert_array_equal(shifted, pairs)


@pytest.mark.parametrize(
    "wrong", [np.zeros(2), np.zeros((2, 3)), rows((0, np.nan)), rows((0, np.inf))]
)
def test_what_is_no_interval_is_refused(wrong):
    with pytest.raises(ValueError, match=r"^frames "):
        overlaps(WORDS, wrong)
    with pytest.raises(ValueError, match=r"^reference "):
        overlaps(wrong, WORDS)


def test_times_that_are_all_alike_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenfuse.alignment.intervals.MOST_PAIRS", 12)
    alike = rows(*[(0, 1)] * 4)
    assert len(overlaps(alike, alike[:3]).frame) == 12
    with pytest.raises(ValueError, match="more than 12 pairs of them may overlap"):
        overlaps(alike, alike)
