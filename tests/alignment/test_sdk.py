"""The SDK's own alignment and ours of it: the same entries, on nasty and on plain corpora."""

import numpy as np
import pytest
from mmsdk.mmdatasdk import mmdataset

from evenfuse.alignment.segments import align_video
from evenfuse.datasets.csd_file import CsdFile, Track
from evenfuse.errors import EvenfuseError
from tests.alignment.sdk import align
from tests.conftest import ROLES

WIDTHS = {"audio": 74, "vision": 20, "pitch": 1}


def average(intervals, features):
    return np.average(features, axis=0)


def align_in_sdk(sequences, reference, collapse):
    dataset = mmdataset({role: role for role in sequences})
    for role, entries in sequences.items():
        data = {k: {"intervals": e.intervals, "features": e.features} for k, e in entries.items()}
        dataset[role].setData(data, role)
    dataset.align(reference, collapse_functions=[average] if collapse else None)
    return {
        role: {key: Track(**entry) for key, entry in dataset[role].data.items()}
        for role in sequences
    }


def assert_same(ours, theirs):
    assert list(ours) == list(theirs)
    for role, entries in theirs.items():
        assert list(ours[role]) == list(entries)
        for key, entry in entries.items():
            for part in ("intervals", "features"):
                mine, expected = getattr(ours[role][key], part), getattr(entry, part)
                assert mine.dtype == expected.dtype, (role, key, part)
                np.testing.assert_array_equal(mine, expected, err_msg=f"{role} {key} {part}")


def without(sequences, *roles):
    return {role: entries for role, entries in sequences.items() if role not in roles}


@pytest.fixture(scope="module", params=[np.float32, np.float64])
def corpus(nasty, request):
    """Unsorted, overlapping, reversed, empty intervals; each role but the words lacks a video."""
    rng = np.random.default_rng(5)

    def sequence(rows, width):
        features = rng.lognormal(0, 3, (rows, width)).astype(request.param)
        return Track(nasty(rng, rows), features)

    videos = ["one", "two", "three", "four", "five", "six"]
    lacking = {"audio": "two", "vision": "three", "pitch": "four", "labels": "five"}
    kinds = {"words": (60, 1), "labels": (25, 2)} | {n: (300, w) for n, w in WIDTHS.items()}
    return {
        role: {v: sequence(*size) for v in videos if lacking.get(role) != v}
        for role, size in kinds.items()
    }


@pytest.mark.parametrize("then", [False, True])
@pytest.mark.parametrize("first", [False, True])
def test_to_words_then_to_labels(corpus, first, then):
    frames = without(corpus, "labels")
    in_words = align(frames, "words", first)
    assert_same(in_words, align_in_sdk(frames, "words", first))
    assert {key.split("[")[0] for key in in_words["words"]} == {"one", "five", "six"}
    both = in_words | {"labels": corpus["labels"]}
    in_segments = align(both, "labels", then)
    assert_same(in_segments, align_in_sdk(both, "labels", then))
    assert {key.split("[")[0] for key in in_segments["labels"]} == {"one", "six"}


def test_generated_corpus(generated):
    files = {role: CsdFile(generated / f"demo_{role}.csd") for role in ROLES}
    sequences = {role: {v: file.read(v) for v in file.videos} for role, file in files.items()}
    frames = without(sequences, "words", "labels")
    in_words = align(frames, "vectors", True)
    assert_same(in_words, align_in_sdk(frames, "vectors", True))
    both = in_words | {"labels": sequences["labels"]}
    assert_same(align(both, "labels", False), align_in_sdk(both, "labels", False))


def test_words_stay_text_without_collapse(generated):
    roles = {role: CsdFile(generated / f"demo_{role}.csd") for role in ("words", "labels")}
    sequences = {role: {v: file.read(v) for v in file.videos} for role, file in roles.items()}
    ours = align(sequences, "labels", False)
    assert_same(ours, align_in_sdk(sequences, "labels", False))
    assert ours["words"]["demo000[0]"].features.dtype.kind == "S"


def times(*pairs):
    return np.array(pairs, dtype=np.float64).reshape(-1, 2)


def numbers(*values):
    return np.array(values, dtype=np.float32)[:, None]


WORDS = Track(times((0, 1), (1, 2), (2, 3)), numbers(0, 1, 2))
LABELS = Track(
    times(
        (0, 3),
    ),
    numbers(0.5),
)


@pytest.mark.parametrize("collapse", [False, True])
@pytest.mark.parametrize(
    "frames",
    [
        Track(times((1, 2)), numbers(7)),  # touches both neighbours
        Track(times((2.5, 1.5), (0.2, 0.2), (3, 9)), numbers(1, 2, 3)),
        Track(times((1.9995, 2.0005), (0.999, 2.001)), numbers(1, 2)),
        Track(times(), np.zeros((0, 1), np.float32)),
    ],
)
def test_borders(frames, collapse):
    sequences = {"words": {"v": WORDS}, "audio": {"v": frames}}
    assert_same(align(sequences, "words", collapse), align_in_sdk(sequences, "words", collapse))


def test_the_sdk_misaligns_silently_and_we_do_not():
    audio = Track(times((0, 1), (2, 3)), numbers(10, 12))  # none during the second word
    video = Track(times((0, 1), (1, 2), (2, 3)), numbers(20, 21, 22))
    in_words = align(
        {"words": {"v": WORDS}, "audio": {"v": audio}, "video": {"v": video}}, "words", True
    )
    both = in_words | {"labels": {"v": LABELS}}
    theirs = align_in_sdk(both, "labels", False)
    assert_same(align(both, "labels", False), theirs)
    rows = {
        role: theirs[role]["v[0]"].features[:, 0].tolist() for role in ("words", "audio", "video")
    }
    assert rows == {"words": [0, 1, 2], "audio": [10, 12], "video": [20, 21, 22]}

    words = Track(WORDS.intervals, np.array(["a", "b", "c"], dtype=object))
    ours, counts = align_video("v", LABELS, words, {"audio": audio, "video": video}, "sp")
    assert ours.features["audio"][0][:, 0].tolist() == [10, 0, 12]
    assert ours.features["video"][0][:, 0].tolist() == [20, 21, 22]
    assert counts["words without audio"] == 1


def test_an_id_that_begins_another_is_not_that_other():
    sequences = {"words": {"2552": WORDS, "25524": WORDS}, "audio": {"25524": WORDS}}
    with pytest.raises(KeyError, match="2552"):
        align_in_sdk(sequences, "words", True)
    assert {key.split("[")[0] for key in align(sequences, "words", True)["words"]} == {"25524"}


def test_what_cannot_be_aligned_is_reported():
    text = Track(WORDS.intervals, np.array([[b"a"], [b"b"], [b"c"]]))
    with pytest.raises(EvenfuseError, match="no 'labels' to align to, only words"):
        align({"words": {"v": WORDS}}, "labels", True)
    with pytest.raises(
        EvenfuseError, match=r"'words' is aligned already: it has an entry 'v\[0\]'"
    ):
        align({"words": {"v[0]": WORDS}}, "words", True)
    with pytest.raises(
        EvenfuseError, match="'words' has features that no mean can be taken of: 'v'"
    ):
        align({"words": {"v": text}}, "words", True)
