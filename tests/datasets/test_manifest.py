"""A corpus of one's own, from a table and feature files."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.cache.segments import Segments
from evenfuse.datasets import manifest
from evenfuse.errors import EvenfuseError
from evenfuse.generation.csd import write_csd

TIMES = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0], [3.0, 4.0]])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Four segments of one video: audio as .npy, video as .csd."""
    table = pd.DataFrame(
        {
            "id": ["001", "b", "c", "d"],
            "split": ["train", "train", "valid", "test"],
            "text": ["so good", "", "bad film", "well"],
            "label_text": [0.5, 0, -1, 0],
            "label": [1.5, 0, -2, 0.1],
            "video": ["v"] * 4,
            "start": [0, 1.2, 2, 0],
            "end": [2, 1.8, 3, 4],
        }
    )
    table.to_csv(tmp_path / "manifest.csv", index=False)
    (tmp_path / "audio").mkdir()
    for length, name in enumerate(table["id"], start=1):
        np.save(tmp_path / f"audio/{name}.npy", np.full((length, 3), length, np.float64))
    frames = np.arange(8, dtype=np.float32).reshape(4, 2)
    write_csd(tmp_path / "video.csd", "video", "own", {"v": (TIMES, frames)})
    return tmp_path


def read(
    folder: Path, modalities: list[str]
) -> tuple[dict[str, Segments], dict[str, Counter[str]]]:
    parts = list(manifest.read(folder / "manifest.csv", modalities))
    return {split: s for split, s, _ in parts}, {split: c for split, _, c in parts}


def test_segments_are_those_of_the_table(folder: Path) -> None:
    segments, counts = read(folder, ["audio", "video"])
    train = segments["train"]
    assert train.ids == ["001", "b"]
    assert train.sentences() == ["so good", ""]
    assert train.labels.tolist() == [[1.5, 0.5], [0, 0]]
    assert train.intervals.tolist() == [[0, 2], [1.2, 1.8]]
    assert [counts[split]["kept"] for split in ("train", "valid", "test")] == [2, 1, 1]


def test_features_are_cut_to_their_segment(folder: Path) -> None:
    segments, _ = read(folder, ["audio", "video"])
    train = segments["train"].features
    assert train["audio"][0].tolist() == [[1, 1, 1]]
    assert train["audio"][1].tolist() == [[2, 2, 2], [2, 2, 2]]
    assert train["video"][0].tolist() == [[0, 1], [2, 3]]
    assert train["video"][1].tolist() == [[2, 3]]
    assert len(segments["test"].features["video"][0]) == 4


def test_what_is_no_number_becomes_0_and_is_counted(folder: Path) -> None:
    np.save(folder / "audio/b.npy", np.array([[np.nan, 1, -np.inf]]))
    segments, counts = read(folder, ["audio"])
    assert segments["train"].features["audio"][1].tolist() == [[0, 1, 0]]
    assert counts["train"]["NaN or infinite values of audio set to 0"] == 2


def spoil(column: str, row: int, value: object) -> Callable[[Path], None]:
    def spoilt(folder: Path) -> None:
        table = pd.read_csv(folder / "manifest.csv", dtype=object)
        table.loc[row, column] = value
        table.to_csv(folder / "manifest.csv", index=False)

    return spoilt


def leave_out(column: str) -> Callable[[Path], None]:
    def left_out(folder: Path) -> None:
        table = pd.read_csv(folder / "manifest.csv", dtype=str)
        table.drop(columns=column).to_csv(folder / "manifest.csv", index=False)

    return left_out


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (leave_out("split"), "has no column 'split'; it has id, text"),
        (spoil("id", 1, "001"), "has the id '001' twice"),
        (spoil("split", 2, "dev"), "has no row with the split 'valid'"),
        (spoil("label", 1, "good"), "a label of 'b' is not a number"),
        (spoil("label_text", 3, ""), "a label of 'd' is not a number"),
        (lambda folder: (folder / "audio/c.npy").unlink(), "there is no file .*c.npy"),
        (lambda folder: (folder / "audio/c.npy").write_bytes(b"x"), "is not a .npy file"),
        (lambda folder: np.save(folder / "audio/c.npy", np.zeros(3)), "should be .time, feature."),
        (spoil("start", 0, "9"), "has no frame for '001'"),
        (spoil("video", 0, "w"), "video 'w' cannot be read"),
        (lambda folder: (folder / "video.csd").unlink(), "neither video.csd nor a folder video"),
        (lambda folder: (folder / "manifest.csv").unlink(), "there is no manifest"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, damage: Callable[[Path], None], told: str) -> None:
    damage(folder)
    with pytest.raises(EvenfuseError, match=told):
        read(folder, ["audio", "video"])
