"""Sequences end to end, and segments in memory."""

import numpy as np

from evenfuse.cache.segments import Ragged, video_of


def test_sequences_are_laid_end_to_end() -> None:
    sequences = [np.ones((2, 3)), np.zeros((0, 3)), np.full((1, 3), 5.0)]
    joined = Ragged.join(sequences)
    assert joined.offsets.tolist() == [0, 2, 2, 3]
    assert joined.lengths().tolist() == [2, 0, 1]
    for number, sequence in enumerate(sequences):
        np.testing.assert_array_equal(joined[number], sequence)


def test_a_segments_id_names_its_video() -> None:
    assert video_of("abc[12]") == "abc"
    assert video_of("abc$_$12") == "abc"
