"""Small videos worked by hand: what becomes of pauses, borders, gaps and empty segments."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from evenfuse.alignment.segments import align_video
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.datasets.csd_file import Track
from evenfuse.errors import EvenfuseError

Times = list[tuple[float, float]]


def sequence(times: Times, features: object) -> Track:
    return Track(np.array(times, dtype=np.float64).reshape(-1, 2), np.array(features))


def spoken(times: Times, words: str) -> Track:
    return sequence(times, np.array(words.split(), dtype=object))


def labelled(*times: tuple[float, float]) -> Track:
    """Segments whose labels are their numbers."""
    return sequence(list(times), np.arange(len(times), dtype=np.float32)[:, None])


def track(times: Times, *values: float) -> Track:
    return sequence(times, np.array(values, dtype=np.float32).reshape(len(times), -1))


def align(labels: Track, words: Track, **frames: Track) -> tuple[Segments, Counter[str]]:
    return align_video("v", labels, words, frames, "sp")


def rows(segments: Segments, name: str, index: int) -> list[list[float]]:
    values: NDArray[np.float32] = segments.features[name][index]
    return values.tolist()


WORDS = spoken([(0, 1), (1, 2), (2, 3), (3, 4)], "i sp like it")
EVERYWHERE = track([(0, 9)], 7)


def test_rows_are_words_and_hold_the_means_of_their_frames() -> None:
    audio = track([(0, 0.5), (0.5, 1), (1, 2), (2, 3), (2, 4)], 1, 3, 5, 6, 8)
    video = track([(0, 4), (3, 4)], 1, 10, 3, 20)
    segments, report = align(labelled((0, 4)), WORDS, audio=audio, video=video)
    assert rows(segments, "audio", 0) == [[2], [5], [7], [8]]
    assert rows(segments, "video", 0) == [[1, 10], [1, 10], [1, 10], [2, 15]]
    assert +report == {"kept": 1}


def test_a_pause_is_a_word_without_letters_and_keeps_its_row() -> None:
    segments, _ = align(labelled((0, 4)), WORDS, audio=EVERYWHERE)
    assert segments.words[0].tolist() == ["i", "", "like", "it"]
    assert rows(segments, "audio", 0) == [[7]] * 4
    other = align_video("v", labelled((0, 4)), WORDS, {"audio": EVERYWHERE}, "it")[0]
    assert other.words[0].tolist() == ["i", "sp", "like", ""]


def test_a_word_over_a_border_is_in_both_segments_with_all_its_frames() -> None:
    words = spoken([(0, 1), (1, 3), (3, 4)], "a b c")
    audio = track([(0, 1), (1, 1.5), (2, 3), (3, 4)], 1, 2, 4, 5)
    segments, _ = align(labelled((0, 2), (2, 4)), words, audio=audio)
    assert [segments.words[i].tolist() for i in range(2)] == [["a", "b"], ["b", "c"]]
    assert rows(segments, "audio", 0) == [[1], [3]]
    assert rows(segments, "audio", 1) == [[3], [5]]


def test_a_word_that_no_frame_overlaps_is_zeros_and_counted() -> None:
    audio = track([(0, 1), (1, 2)], 1, 2)
    segments, report = align(labelled((0, 3), (1, 4)), WORDS, audio=audio, video=EVERYWHERE)
    assert rows(segments, "audio", 0) == [[1], [2], [0]]
    assert rows(segments, "audio", 1) == [[2], [0], [0]]
    assert report["words without audio"] == 3
    assert report["words without video"] == 0


def test_segments_that_lack_something_are_dropped_and_counted() -> None:
    times = [(0, 2), (2, 2), (2, 2.0005), (1, 2), (7, 8), (2, 3), (3, 4), (0, 1)]
    segments, report = align(
        labelled(*times),
        WORDS,
        audio=track([(0, 2), (3, 4)], 1, 2),  # none for "like"
        video=track([(0, 1), (2, 3)], 3, 4),  # none for the pause and "it"
    )
    assert +report == {
        "kept": 2,
        "dropped: no length": 2,
        "dropped: no words": 2,  # a pause only, and nothing at all
        "dropped: no audio": 1,
        "dropped: no video": 1,
        "words without video": 1,
    }
    assert segments.ids == ["v[0]", "v[7]"]
    assert segments.labels.tolist() == [[0], [7]]
    assert segments.intervals.tolist() == [[0, 2], [0, 1]]
    assert [segments.words[i].tolist() for i in range(2)] == [["i", ""], ["i"]]
    assert [rows(segments, "audio", i) for i in range(2)] == [[[1], [1]], [[1]]]


def test_words_without_frames_are_counted_in_kept_segments_only() -> None:
    audio = track([(0, 1)], 1)
    _, report = align(labelled((0, 2), (2, 4)), WORDS, audio=audio)
    assert +report == {"kept": 1, "dropped: no audio": 1, "words without audio": 1}


def test_frames_on_a_pause_are_enough_for_a_segment() -> None:
    segments, report = align(labelled((0, 2)), WORDS, audio=track([(1, 2)], 5))
    assert rows(segments, "audio", 0) == [[0], [5]]
    assert report["kept"] == 1


def test_unsorted_words_are_put_in_order() -> None:
    words = spoken([(2, 3), (0, 1), (1, 2)], "c a b")
    audio = track([(1, 2), (0, 1), (2, 3)], 2, 1, 3)
    segments, _ = align(labelled((0, 3)), words, audio=audio)
    assert segments.sentences() == ["a b c"]
    assert rows(segments, "audio", 0) == [[1], [2], [3]]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (labelled((5, 6), (8, 9)), WORDS),
        (labelled((0, 4)), spoken([(0, 4)], "sp")),
        (labelled((0, 4)), spoken([], "")),
    ],
)
def test_a_video_of_which_nothing_is_left(labels: Track, words: Track) -> None:
    segments, report = align(labels, words, audio=EVERYWHERE)
    assert len(segments) == report["kept"] == 0
    assert segments.words.offsets.tolist() == [0]
    assert report["dropped: no words"] == len(labels.features)
    assert segments.features["audio"].values.shape == (0, 1)


@pytest.mark.parametrize("split", ["train", "valid", "test"])
def test_every_modality_of_the_generated_corpus_has_a_row_per_word(cache: Path, split: str) -> None:
    segments = read_cache(cache / f"{split}.h5")
    assert set(segments.features) == {"vectors", "audio", "video"}
    assert min(segments.words.lengths()) > 0
    assert len(segments.words.values) == segments.words.offsets[-1]
    for sequence in segments.features.values():
        np.testing.assert_array_equal(sequence.offsets, segments.words.offsets)
        assert len(sequence.values) == len(segments.words.values)


def test_segments_that_all_hold_the_same_words_do_not_fill_the_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("evenfuse.alignment.segments.LARGEST", 3 * 4 * 4)
    align(labelled(*[(0, 9)] * 3), WORDS, audio=EVERYWHERE)
    with pytest.raises(EvenfuseError, match="video 'v': its words in all segments, 16, would have"):
        align(labelled(*[(0, 9)] * 4), WORDS, audio=EVERYWHERE)


def test_too_many_overlaps_name_the_video(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenfuse.alignment.intervals.MOST_PAIRS", 7)
    frames = track([(0, 9)] * 2, 1, 2)
    with pytest.raises(EvenfuseError, match="video 'v', words and audio: more than 7 pairs"):
        align(labelled((0, 4)), WORDS, audio=frames)
