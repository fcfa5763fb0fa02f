"""The pickles of MMSA: what is read, what is repaired and counted, and what is refused."""

import pickle
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenfuse.cache.checks import SegmentChecks
from evenfuse.cache.segments import Segments
from evenfuse.datasets import mmsa
from evenfuse.errors import EvenfuseError

AUDIO = np.arange(1, 25, dtype=np.float32).reshape(3, 4, 2)
VISION = np.arange(1, 19, dtype=np.float64).reshape(3, 2, 3)
TEXT = np.arange(1, 31, dtype=np.float32).reshape(3, 5, 2)
MASK = [[1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 1, 0, 0, 0]]


def split(**changes: Any) -> dict[str, Any]:
    """Three segments; a change to None takes the key away."""
    content = {
        "raw_text": np.array(["so  good ", "naïve", ""]),
        "id": ["v_1$_$0", "v_1$_$1", "w$_$0"],
        "audio": AUDIO,
        "vision": VISION,
        "text": TEXT,
        "text_bert": np.stack([np.zeros((3, 5)), MASK, np.zeros((3, 5))], axis=1),
        "audio_lengths": [4, 1, 3],
        "vision_lengths": np.array([1, 2, 1]),
        "annotations": ["Positive", "Neutral", "Negative"],
        "classification_labels": np.array([2, 1, 0]),
        "regression_labels": np.array([2.5, 0.0, -3.0]),
        **changes,
    }
    return {key: value for key, value in content.items() if value is not None}


def read(
    folder: Path, vectors: bool = False, **changes: Any
) -> dict[str, tuple[Segments, Counter[str]]]:
    """Read three splits, of which the changes befall the test split."""
    content = {"valid": split(), "train": split(), "test": split(**changes)}
    (folder / "data.pkl").write_bytes(pickle.dumps(content))
    parts = mmsa.read(folder / "data.pkl", ["vectors"] if vectors else [])
    return {name: (segments, counts) for name, segments, counts in parts}


def told(folder: Path, **changes: Any) -> str:
    with pytest.raises(EvenfuseError) as caught:
        read(folder, vectors=True, **changes)
    return str(caught.value).removeprefix(f"{folder / 'data.pkl'}: ")


def test_what_is_in_the_file_is_read(tmp_path: Path) -> None:
    parts = read(tmp_path)
    assert list(parts) == ["train", "valid", "test"]
    segments, counts = parts["train"]
    assert +counts == {"kept": 3}
    assert segments.ids == ["v_1$_$0", "v_1$_$1", "w$_$0"]
    assert segments.intervals.shape == (3, 2) and np.isnan(segments.intervals).all()
    assert segments.labels.dtype == np.float32
    assert segments.labels.tolist() == [[2.5], [0.0], [-3.0]]
    assert set(segments.features) == {"audio", "video"}


def test_words_give_the_text_back(tmp_path: Path) -> None:
    segments, _ = read(tmp_path)["train"]
    assert segments.words.lengths().tolist() == [2, 1, 0]
    assert segments.sentences() == ["so good", "naïve", ""]
    chinese = ["我不想嫁给李茶", "真 好", "，"]
    segments, _ = read(tmp_path, raw_text=chinese)["test"]
    assert segments.sentences() == chinese
    assert segments.words.lengths().tolist() == [1, 2, 1]


def test_each_modality_is_cut_to_its_own_lengths(tmp_path: Path) -> None:
    segments, _ = read(tmp_path, vectors=True)["train"]
    audio, video, vectors = (segments.features[n] for n in ("audio", "video", "vectors"))
    assert audio.lengths().tolist() == [4, 1, 3]
    assert video.lengths().tolist() == [1, 2, 1]
    assert vectors.lengths().tolist() == [3, 5, 2]
    for index in range(3):
        np.testing.assert_array_equal(audio[index], AUDIO[index, : [4, 1, 3][index]])
        np.testing.assert_array_equal(video[index], VISION[index, : [1, 2, 1][index]])
        np.testing.assert_array_equal(vectors[index], TEXT[index, : [3, 5, 2][index]])
        assert audio[index].dtype == video[index].dtype == np.float32


def test_lengths_that_cannot_be_are_repaired_and_counted(tmp_path: Path) -> None:
    nasty = {"audio_lengths": [0, 4, 9], "vision_lengths": np.array([3.0, 0.0, 0.0])}
    segments, counts = read(tmp_path, **nasty)["test"]
    audio, video = segments.features["audio"], segments.features["video"]
    assert audio.lengths().tolist() == [1, 4, 4] and video.lengths().tolist() == [2, 1, 1]
    assert audio[0].tolist() == [[0.0, 0.0]]
    np.testing.assert_array_equal(audio[2], AUDIO[2])
    np.testing.assert_array_equal(video[0], VISION[0])
    assert +counts == {
        "kept": 3,
        "without audio": 1,
        "without video": 2,
        "lengths of audio above the array's": 1,
        "lengths of video above the array's": 1,
    }


NO_LENGTHS = {"audio_lengths": None, "vision_lengths": None}


def test_without_lengths_all_rows_are_kept(tmp_path: Path) -> None:
    segments, counts = read(tmp_path, vectors=True, **NO_LENGTHS, text_bert=None)["test"]
    assert [s.lengths().tolist() for s in segments.features.values()] == [[4] * 3, [2] * 3, [5] * 3]
    assert +counts == {
        "kept": 3,
        "lengths of audio unknown, all rows kept": 3,
        "lengths of video unknown, all rows kept": 3,
    }


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("vectors", [False, True])
def test_aligned_rows_end_where_the_text_does(tmp_path: Path, old: bool, vectors: bool) -> None:
    """By the mask of the text, or by the zeros at the end of its vectors."""
    audio = np.arange(1, 31, dtype=np.float32).reshape(3, 5, 2)
    text = audio * np.array(MASK)[:, :, None]
    text[1, 2] = 0  # not at the end
    aligned = {**NO_LENGTHS, "audio": audio, "text": text, **({"text_bert": None} if old else {})}
    segments, counts = read(tmp_path, vectors, **aligned)["test"]
    assert segments.features["audio"].lengths().tolist() == [3, 5, 2]
    np.testing.assert_array_equal(segments.features["audio"][2], audio[2, :2])
    if vectors:
        assert segments.features["vectors"].lengths().tolist() == [3, 5, 2]
    assert counts["lengths of audio from the padding of the text"] == 3
    assert counts["lengths of video unknown, all rows kept"] == 3


def test_a_text_of_padding_alone_leaves_a_row_of_zeros(tmp_path: Path) -> None:
    aligned = {**NO_LENGTHS, "text_bert": None, "text": TEXT * [[[1]], [[0]], [[1]]]}
    segments, counts = read(tmp_path, audio=TEXT, **aligned)["test"]
    assert segments.features["audio"].lengths().tolist() == [5, 1, 5]
    assert not segments.features["audio"][1].any()
    assert counts["without audio"] == 1


def test_lengths_are_enough_without_any_text_of_numbers(tmp_path: Path) -> None:
    for text_bert in (None, ["not", "read"]):
        segments, _ = read(tmp_path, text=None, text_bert=text_bert)["test"]
        assert segments.features["audio"].lengths().tolist() == [4, 1, 3]


def test_numbers_and_ids_may_stand_in_a_column(tmp_path: Path) -> None:
    columns = {
        "regression_labels": np.array([[2.5], [0.0], [-3.0]]),
        "audio_lengths": [[4], [1], [3]],
        "id": np.array([[b"v_1$_$0"], [b"v_1$_$1"], [b"w$_$0"]]),
    }
    parts = read(tmp_path, **columns)
    (as_column, _), (plain, _) = parts["test"], parts["train"]
    assert as_column.labels.tolist() == plain.labels.tolist()
    assert as_column.ids == plain.ids
    assert as_column.features["audio"].lengths().tolist() == [4, 1, 3]


def test_values_that_are_not_finite_are_left_to_the_checks_of_the_cache(tmp_path: Path) -> None:
    audio, vision = AUDIO.copy(), VISION.copy()
    audio[0, 0, 0], audio[0, 1, 1] = np.nan, -np.inf
    audio[1, 3] = np.nan  # beyond the length of 1
    vision[2, 0, 2] = 1e300
    given, counts = read(tmp_path, audio=audio, vision=vision)["test"]
    segments, counts = SegmentChecks({"labels": tmp_path}).accept("test", given, counts)
    assert segments.features["audio"][0][:2].tolist() == [[0, 2], [3, 0]]
    assert segments.features["video"][2].tolist() == [[13, 14, 0]]
    assert counts["NaN or infinite values of audio set to 0"] == 2
    assert counts["NaN or infinite values of video set to 0"] == 1


def test_labels_of_the_modalities_are_read_in_order(tmp_path: Path) -> None:
    more = {f"regression_labels_{m}": np.full(3, n) for n, m in enumerate("TAV", start=1)}
    content = {name: split(**more) for name in ("train", "valid", "test")}
    (tmp_path / "sims.pkl").write_bytes(pickle.dumps(content))
    for _, segments, _ in mmsa.read(tmp_path / "sims.pkl", []):
        assert segments.labels.tolist() == [[2.5, 1, 2, 3], [0, 1, 2, 3], [-3, 1, 2, 3]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {"regression_labels": np.array([1, np.nan, 0])},
            "'regression_labels' of the split 'test' has a label that is not a number, "
            "of segment 1; correct or remove it",
        ),
        ({"regression_labels_T": np.zeros(3)}, "the split 'train' has no 'regression_labels_T'; "),
        (
            {"regression_labels": ["a", "b", "c"]},
            "'regression_labels' of the split 'test' holds a str where a number should be",
        ),
        ({"regression_labels": np.zeros(0)}, "'regression_labels' of the split 'test' is empty"),
        ({"audio": None}, "the split 'test' has no 'audio'; it has 'raw_text', 'id', 'vision'"),
        ({"vision": None}, "the split 'test' has no 'vision'; "),
        ({"text": None}, "the split 'test' has no 'text'; "),
        ({"id": None}, "the split 'test' has no 'id'; "),
        ({"raw_text": None}, "the split 'test' has no 'raw_text'; "),
        (
            {"audio": AUDIO[:2]},
            "'audio' of the split 'test' should hold 3 x any x any numbers, but is an array "
            "(2, 4, 2) of float32",
        ),
        ({"vision": VISION[0]}, "'vision' of the split 'test' should hold 3 x any x any numbers"),
        ({"vision": VISION[:, :, :0]}, "'vision' of the split 'test' is empty: (3, 2, 0)"),
        ({"audio": [[1], [1, 2], [1]]}, "'audio' of the split 'test' has rows of unequal length"),
        ({"audio_lengths": [1, 2]}, "'audio_lengths' of the split 'test' should hold 3 numbers"),
        ({"audio_lengths": [1, -1, 2]}, "'audio_lengths' of the split 'test' has a length that "),
        ({"vision_lengths": [1, 0.5, 2]}, "'vision_lengths' of the split 'test' has a length "),
        ({"vision_lengths": [1, np.nan, 2]}, "'vision_lengths' of the split 'test' has a length "),
        ({"text_bert": np.zeros((3, 2, 5))}, "'text_bert' of the split 'test' should hold 3 x 3 x"),
        ({"id": ["a", "b"]}, "'id' of the split 'test' holds 2 texts for 3 segments"),
        (
            {"raw_text": ["a", "b", None]},
            "'raw_text' of the split 'test' should be texts, but holds a NoneType for segment 2",
        ),
        ({"id": [b"\xff"] * 3}, "'id' of the split 'test' holds bytes that are not UTF-8 for seg"),
        (
            {"id": [["a", 0, 1]] * 3},
            "'id' of the split 'test' should be texts, but holds a list of",
        ),
        (
            {"regression_labels": np.zeros((3, 2))},
            "'regression_labels' of the split 'test' should hold any numbers, but is an array (3",
        ),
        ({"id": {"a": 1}}, "'id' of the split 'test' is not a list of texts but a dict"),
        ({"audio": "loud"}, "'audio' of the split 'test' is not an array but a str"),
        ({"audio": AUDIO.astype(complex)}, "'audio' of the split 'test' should hold 3 x any x any"),
        ({"audio": [[[b"1"]]] * 3}, "'audio' of the split 'test' holds a bytes where a number"),
        ({"audio": [[[[1]]]] * 3}, "'audio' of the split 'test' has lists that are nested too dee"),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    assert told(tmp_path, **changes).startswith(sentence)


def test_a_split_of_another_name_is_told(tmp_path: Path) -> None:
    content = {name: split() for name in ("train", "valid", "test", "dev")}
    (tmp_path / "data.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(EvenfuseError, match="has a split 'dev', but its splits should be train, v"):
        list(mmsa.read(tmp_path / "data.pkl", []))


@pytest.mark.parametrize("length", [1e300, 2**63, float(2**40)])
def test_a_length_beyond_all_is_cut(tmp_path: Path, length: float) -> None:
    segments, counts = read(tmp_path, audio_lengths=[4, length, 3])["test"]
    assert segments.features["audio"].lengths().tolist() == [4, 4, 3]
    assert counts["lengths of audio above the array's"] == 1


@pytest.mark.parametrize("content", [[1], {"train": split(), "valid": split()}, {"train": 1}])
def test_a_file_without_the_splits_is_told(tmp_path: Path, content: Any) -> None:
    (tmp_path / "data.pkl").write_bytes(pickle.dumps(content))
    with pytest.raises(EvenfuseError, match=r"has no split '|holds a list where splits should be"):
        list(mmsa.read(tmp_path / "data.pkl", []))
