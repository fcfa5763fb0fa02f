"""The IEMOCAP pickle of MulT: what is read, and what is refused."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenfuse.cache.segments import video_of
from evenfuse.datasets.mult import EMOTIONS, read
from evenfuse.errors import EvenfuseError
from evenfuse.settings.formats.mult import FORMAT

NO, YES = (1, 0), (0, 1)
ARRAYS = {
    key: np.random.default_rng(width).normal(size=(3, 4, width))
    for key, width in (("vision", 2), ("text", 5), ("audio", 3))
}
LABELS = np.array([[YES, NO, NO, NO], [NO, NO, YES, YES], [NO, YES, NO, NO]])


FROM_PADDING = {f"lengths of {n} from the padding": 3 for n in ("vectors", "audio", "video")}


def write(folder: Path, **changes: Any) -> Path:
    plain = {**ARRAYS, "labels": LABELS}
    test = {key: value for key, value in {**plain, **changes}.items() if value is not None}
    path = folder / "iemocap.pkl"
    path.write_bytes(pickle.dumps({"train": plain, "valid": plain, "test": test}))
    return path


def test_what_is_in_the_file_is_read(tmp_path: Path) -> None:
    parts = list(read(write(tmp_path), []))
    assert [name for name, _, _ in parts] == ["train", "valid", "test"]
    _, segments, counts = parts[1]
    assert +counts == {"kept": 3, **FROM_PADDING}
    assert segments.ids == ["valid[0]", "valid[1]", "valid[2]"]
    assert segments.labels.dtype == np.float32
    assert segments.labels.tolist() == [[1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]]
    assert segments.sentences() == ["", "", ""]
    for feature, key in (("vectors", "text"), ("audio", "audio"), ("video", "vision")):
        for index in range(3):
            expected = ARRAYS[key][index].astype(np.float32)
            np.testing.assert_array_equal(segments.features[feature][index], expected)


def test_rows_of_zeros_in_one_modality_are_kept(tmp_path: Path) -> None:
    audio = ARRAYS["audio"].copy()
    audio[0, 2:] = 0
    *_, (_, segments, counts) = read(write(tmp_path, audio=audio), [])
    assert segments.features["audio"].lengths().tolist() == [4, 4, 4]
    assert +counts == {"kept": 3, **FROM_PADDING}


def test_rows_at_the_ends_that_are_zeros_in_every_modality_are_padding(tmp_path: Path) -> None:
    padded = {key: array.copy() for key, array in ARRAYS.items()}
    for array in padded.values():
        array[0, 2:] = array[1, :3] = array[2] = 0
        array[0, 0] = 0
    padded["audio"][0, 0, 1] = np.nan  # a number that is to be repaired is one
    *_, (_, segments, counts) = read(write(tmp_path, **padded), [])
    for feature, key in (("vectors", "text"), ("audio", "audio"), ("video", "vision")):
        sequences = segments.features[feature]
        assert sequences.lengths().tolist() == [2, 1, 1]
        np.testing.assert_array_equal(sequences[0], padded[key][0, :2].astype(np.float32))
        np.testing.assert_array_equal(sequences[1], ARRAYS[key][1, 3:].astype(np.float32))
        assert not sequences[2].any()
    without = {f"without {name}": 1 for name in ("vectors", "audio", "video")}
    assert +counts == {"kept": 3, **FROM_PADDING, **without}


def test_in_an_unaligned_file_all_rows_are_kept(tmp_path: Path) -> None:
    audio = np.concatenate([ARRAYS["audio"], np.zeros((3, 5, 3))], axis=1)
    *_, (_, segments, counts) = read(write(tmp_path, audio=audio), [])
    assert segments.features["audio"].lengths().tolist() == [9, 9, 9]
    names = ("vectors", "audio", "video")
    unknown = {f"lengths of {name} unknown, all rows kept": 3 for name in names}
    assert +counts == {"kept": 3, **unknown}


def changed(value: float, *place: int) -> Any:
    labels = LABELS.astype(float)
    labels[place] = value
    return labels


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"labels": changed(1, 2, 1, 0)}, "pairs of a 0 and a 1, but segment 2 does not"),
        ({"labels": changed(0, 1, 3, 1)}, "pairs of a 0 and a 1, but segment 1 does not"),
        ({"labels": changed(0.5, 0, 0)}, "pairs of a 0 and a 1, but segment 0 does not"),
        ({"labels": changed(np.nan, 0, 0)}, "pairs of a 0 and a 1, but segment 0 does not"),
        ({"labels": LABELS[:, :3]}, "should hold any x 4 x 2 numbers"),
        ({"labels": LABELS[:2]}, "'text' of the split 'test' should hold 2 x any x any numbers"),
        ({"labels": None}, "the split 'test' has no 'labels'; it has 'vision', 'text', 'audio'"),
        ({"text": None}, "the split 'test' has no 'text'"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(EvenfuseError) as caught:
        list(read(write(tmp_path, **changes), []))
    assert sentence in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "iemocap.pkl"))


SCORES = np.array([1.5, -3.0, 0.0])
IDS = [["vid", "0.5", "2.25"], ["vid", "3", "4.125"], ["other", "0", "1e1"]]


def of_sentiment(folder: Path, ids: Any = IDS, labels: Any = SCORES) -> list[Any]:
    """Read a file in the form of CMU-MOSI: every split has videos of its own."""
    plain = {**ARRAYS, "labels": labels.reshape(-1, 1, 1)}
    path = folder / "mosi_data.pkl"
    named = {s: [[f"{s}-{video}", *times] for video, *times in IDS] for s in ("train", "valid")}
    content = {s: {**plain, "id": np.array(rows)} for s, rows in named.items()}
    test = {"test": {**plain, "labels": labels, "id": ids}}
    path.write_bytes(pickle.dumps({**content, **test}))
    return list(read(path, []))


@pytest.mark.parametrize(
    "ids",
    [
        IDS,
        tuple(tuple(row) for row in IDS),
        np.array(IDS),
        np.array(IDS).astype("S"),
        np.array(IDS, object),
        [[text.encode() for text in row] for row in IDS],
        [[video, float(start), float(end)] for video, start, end in IDS],
    ],
    ids=["lists", "tuples", "array", "array of bytes", "array of objects", "bytes", "numbers"],
)
def test_ids_have_a_video_and_times(tmp_path: Path, ids: Any) -> None:
    (_, train, _), _, (_, test, _) = of_sentiment(tmp_path, ids)
    assert train.ids[0] == "train-vid[0.5-2.25]"
    assert [video_of(segment) for segment in test.ids] == ["vid", "vid", "other"]
    assert len(set(test.ids)) == 3
    assert test.intervals.tolist() == [[0.5, 2.25], [3, 4.125], [0, 10]]


@pytest.mark.parametrize("shape", [(3, 1, 1), (3, 1), (3,)])
def test_one_label_is_the_sentiment(tmp_path: Path, shape: tuple[int, ...]) -> None:
    *_, (_, segments, counts) = of_sentiment(tmp_path, labels=SCORES.reshape(shape))
    assert segments.labels.tolist() == [[1.5], [-3.0], [0.0]]
    assert segments.labels.dtype == np.float32
    assert +counts == {"kept": 3, **FROM_PADDING}
    assert FORMAT.label_names(1) == ("sentiment",)
    assert FORMAT.label_names(4) == EMOTIONS


def test_a_score_that_is_not_a_number_is_told(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match="'train' is not a number for segment 1"):
        of_sentiment(tmp_path, labels=np.array([1.5, np.nan, 0.0]))


def test_aligned_and_unaligned_files_have_the_rows_that_they_have(tmp_path: Path) -> None:
    longer = np.ones((3, 9, 3))
    *_, (_, segments, _) = read(write(tmp_path, audio=longer), [])
    rows = {name: sequence.lengths().tolist() for name, sequence in segments.features.items()}
    assert rows == {"vectors": [4, 4, 4], "audio": [9, 9, 9], "video": [4, 4, 4]}


@pytest.mark.parametrize(
    ("ids", "sentence"),
    [
        (IDS[:2], "should hold a video, a start and an end for every segment, 3 in all"),
        ("abc", "for every segment, 3 in all"),
        ([*IDS[:2], "abc"], "but segment 2 has something else"),
        ([["vid", "1"], *IDS[1:]], "but segment 0 has something else"),
        ([["vid", "1", "2", "3"], *IDS[1:]], "but segment 0 has something else"),
        ([["vid", "1", None], *IDS[1:]], "but segment 0 has something else"),
        ([["vid", "1", "soon"], *IDS[1:]], "has the times 1 to soon for segment 0"),
        ([IDS[0], ["vid", "1", "nan"], IDS[2]], "has the times 1 to nan for segment 1"),
        ([IDS[0], ["vid", "2", "1"], IDS[2]], "has the times 2 to 1 for segment 1"),
    ],
)
def test_other_ids_are_told(tmp_path: Path, ids: Any, sentence: str) -> None:
    with pytest.raises(EvenfuseError) as caught:
        of_sentiment(tmp_path, ids)
    assert "'id' of the split 'test' " in str(caught.value)
    assert sentence in str(caught.value)
