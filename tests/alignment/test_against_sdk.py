"""One random, nasty corpus through mmsdk's own `align` and through ours: equal to the bit."""

import numpy as np
import pytest
from mmsdk.mmdatasdk import mmdataset

from evenfuse.alignment.intervals import EPSILON, covered, mean_over, overlaps
from tests.alignment.sdk import collapsed_intervals

VIDEOS = ("first", "second", "third", "fourth")
WIDTHS = {"audio": 74, "vision": 20, "pitch": 1}


def entry(intervals, features):
    return {"intervals": intervals, "features": features}


def align(reference, sequence):
    """What `align` makes of one sequence of one video: the rows it keeps, and what they hold."""
    pairs = overlaps(reference, sequence["intervals"])
    kept = covered(pairs, len(reference))
    spans = collapsed_intervals(pairs, reference, sequence["intervals"])
    means = mean_over(pairs, sequence["features"], len(reference))
    return np.flatnonzero(kept), entry(spans[kept], means[kept])


def align_in_sdk(sequences, reference, functions):
    dataset = mmdataset({name: name for name in sequences})
    for name, data in sequences.items():
        dataset[name].setData(dict(data), name)
    dataset.align(reference, collapse_functions=functions)
    return {name: dataset[name].data for name in sequences}


def average(intervals, features):
    return np.average(features, axis=0)


def assert_same(sdk, video, kept, ours):
    rows = {key: row for key, row in sdk.items() if key.startswith(f"{video}[")}
    assert list(rows) == [f"{video}[{number}]" for number in kept]
    for part, values in ours.items():
        theirs = np.concatenate([row[part] for row in rows.values()])
        assert theirs.dtype == values.dtype
        np.testing.assert_array_equal(values, theirs)


@pytest.fixture(scope="module")
def corpus(nasty):
    """Sequence -> video -> unsorted, overlapping rows; the features of words are their numbers."""
    rng = np.random.default_rng(0)
    sequences = {name: {} for name in ("words", "labels", *WIDTHS)}
    for video in VIDEOS:
        for name, number in (("words", 60), ("labels", 25)):
            numbers = np.arange(number, dtype=np.float32)[:, None]
            sequences[name][video] = entry(np.sort(nasty(rng, number), axis=1), numbers)
        for name, width in WIDTHS.items():
            features = rng.lognormal(0, 3, (300, width)).astype(np.float32)
            sequences[name][video] = entry(nasty(rng, 300), features)
    return sequences


@pytest.fixture(scope="module")
def in_words(corpus):
    sequences = {name: data for name, data in corpus.items() if name != "labels"}
    return align_in_sdk(sequences, "words", [average])


@pytest.mark.parametrize("video", VIDEOS)
@pytest.mark.parametrize("name", WIDTHS)
def test_frames_to_words(corpus, in_words, name, video):
    kept, ours = align(corpus["words"][video]["intervals"], corpus[name][video])
    assert_same(in_words[name], video, kept, ours)


@pytest.mark.parametrize("video", VIDEOS)
def test_words_keep_their_own_intervals(corpus, in_words, video):
    words = corpus["words"][video]
    long_enough = np.abs(words["intervals"] @ [1, -1]) >= EPSILON
    ours = {part: values[long_enough] for part, values in words.items()}
    assert 0 < long_enough.sum() < len(long_enough)
    assert_same(in_words["words"], video, np.flatnonzero(long_enough), ours)


def test_words_of_a_segment(corpus, in_words):
    in_segments = align_in_sdk(in_words | {"labels": corpus["labels"]}, "labels", None)
    for video in VIDEOS:
        segments = corpus["labels"][video]["intervals"]
        pairs = overlaps(segments, corpus["words"][video]["intervals"])
        for number in range(len(segments)):
            row = in_segments["words"].get(f"{video}[{number}]", {"features": np.empty(0)})
            ours = pairs.frame[pairs.reference == number]
            np.testing.assert_array_equal(ours, row["features"].ravel())


@pytest.mark.parametrize("name", WIDTHS)
def test_words_to_segments_by_their_collapsed_intervals(corpus, in_words, name):
    in_segments = align_in_sdk(in_words | {"labels": corpus["labels"]}, "labels", [average])
    for video in VIDEOS:
        _, words = align(corpus["words"][video]["intervals"], corpus[name][video])
        kept, ours = align(corpus["labels"][video]["intervals"], words)
        assert_same(in_segments[name], video, kept, ours)
