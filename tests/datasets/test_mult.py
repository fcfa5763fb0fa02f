"""The IEMOCAP pickle of MulT: what is read, and what is refused."""

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenfuse.datasets.mult import read
from evenfuse.errors import EvenfuseError

NO, YES = (1, 0), (0, 1)
ARRAYS = {
    key: np.random.default_rng(width).normal(size=(3, 4, width))
    for key, width in (("vision", 2), ("text", 5), ("audio", 3))
}
LABELS = np.array([[YES, NO, NO, NO], [NO, NO, YES, YES], [NO, YES, NO, NO]])


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
    assert +counts == {"kept": 3}
    assert segments.ids == ["valid[0]", "valid[1]", "valid[2]"]
    assert segments.labels.dtype == np.float32
    assert segments.labels.tolist() == [[1, 0, 0, 0], [0, 0, 1, 1], [0, 1, 0, 0]]
    assert segments.sentences() == ["", "", ""]
    for feature, key in (("vectors", "text"), ("audio", "audio"), ("video", "vision")):
        for index in range(3):
            expected = ARRAYS[key][index].astype(np.float32)
            np.testing.assert_array_equal(segments.features[feature][index], expected)


def test_rows_of_zeros_are_kept(tmp_path: Path) -> None:
    audio = ARRAYS["audio"].copy()
    audio[0, 2:] = 0
    *_, (_, segments, counts) = read(write(tmp_path, audio=audio), [])
    assert segments.features["audio"].lengths().tolist() == [4, 4, 4]
    assert +counts == {"kept": 3}


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
