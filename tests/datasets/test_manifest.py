"""A corpus of one's own, from a table and feature files."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.datasets import manifest
from evenfuse.errors import EvenfuseError
from evenfuse.generation.csd import write_csd
from tests.conftest import run_command

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


def test_rows_of_several_videos_may_alternate(folder: Path) -> None:
    tracks = {name: (TIMES, np.full((4, 1), number)) for number, name in enumerate("vw")}
    write_csd(folder / "video.csd", "video", "own", tracks)
    spoil("video", 1, "w")(folder)
    segments, _ = read(folder, ["video"])
    rows = [segments[split].features["video"][0][0].item() for split in ("train", "valid")]
    assert [*rows, segments["train"].features["video"][1][0].item()] == [0, 0, 1]


def cache(folder: Path, *modalities: str) -> str:
    options = [part for name in modalities for part in ("--modality", name)]
    file, output = folder / "manifest.csv", folder / "cache"
    return run_command(
        "cache",
        file,
        "--format",
        "manifest",
        "--metrics",
        "sentiment",
        *options,
        "--output",
        output,
    ).output


def test_what_is_no_number_becomes_0_and_is_counted(folder: Path) -> None:
    np.save(folder / "audio/b.npy", np.array([[np.nan, 1, -np.inf]]))
    assert "2 NaN or infinite values of audio set to 0" in cache(folder, "audio").splitlines()[0]
    train = read_cache(folder / "cache/train.h5")
    assert train.features["audio"][1].tolist() == [[0, 1, 0]]


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
        (leave_out("text"), "has no column 'text'; it has id, split"),
        (leave_out("start"), "has no column 'start'; it has id, split"),
        (spoil("id", 1, "001"), "the id '001' is twice in the split 'train'"),
        (spoil("split", 2, "dev"), "line 4: unknown split 'dev'; choose from: train, valid, test"),
        (spoil("split", 2, "test"), "has no row with the split 'valid'"),
        (spoil("label", 1, "good"), "line 3: 'label' is 'good', where a number should be"),
        (spoil("label", 1, "1_0"), "line 3: 'label' is '1_0', where a number should be"),
        (spoil("label", 1, "1e300"), "line 3: 'label' is '1e300', where a number should be"),
        (spoil("label", 1, "nan"), "line 3: 'label' is 'nan', where a number should be"),
        (spoil("label", 1, "4"), "the label 4 of 'b' in the split 'train' is not a number from -3"),
        (spoil("label_text", 3, ""), "line 5: 'label_text' is empty, where a number should be"),
        (lambda folder: (folder / "audio/c.npy").unlink(), "there is no file .*c.npy"),
        (spoil("id", 1, "../b"), "line 3: the id '../b' leads out of .*audio; give it another"),
        (spoil("id", 1, "/etc/b"), "line 3: the id '/etc/b' leads out of .*audio"),
        (lambda folder: np.save(folder / "audio/c.npy", np.ones((2, 4))), "line 4: 4 .* has 3"),
        (spoil("start", 0, "9"), "line 2: the start 9 is not before the end"),
        (spoil("end", 0, "inf"), "line 2: 'end' is 'inf', where a number should be"),
        (spoil("start", 0, ""), "line 2: 'start' is empty, where a number should be"),
        (spoil("video", 0, "w"), "video 'w' is missing"),
        (spoil("video", 0, "/video/data/v"), "video '/video/data/v' is missing"),
        (lambda folder: (folder / "video.csd").unlink(), "neither video.csd nor a folder video"),
        (lambda folder: (folder / "manifest.csv").unlink(), "there is no file .*manifest.csv"),
    ],
)
def test_what_is_wrong_is_named(folder: Path, damage: Callable[[Path], None], told: str) -> None:
    damage(folder)
    with pytest.raises(EvenfuseError, match=told):
        cache(folder, "text", "audio", "video")


def test_a_segment_without_frames_is_named(folder: Path) -> None:
    spoil("start", 0, "4.5")(folder)
    spoil("end", 0, "5")(folder)
    with pytest.raises(EvenfuseError, match=r"line 2: .*video.csd has no frame from 4.5 to 5.0 s"):
        cache(folder, "video")


def test_audio_and_video_need_no_text(folder: Path) -> None:
    leave_out("text")(folder)
    cache(folder, "audio", "video")
    train = read_cache(folder / "cache/train.h5")
    assert train.sentences() == ["", ""]
    assert list(train.features) == ["audio", "video"]


def test_a_split_without_text_is_refused_if_text_is_wanted(folder: Path) -> None:
    spoil("text", 2, "")(folder)
    cache(folder, "audio")
    with pytest.raises(EvenfuseError, match="has no text in the split 'valid'"):
        cache(folder, "text", "audio")


def test_a_large_corpus_is_read_in_parts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, _ = read(folder, ["text", "audio"])
    monkeypatch.setattr("evenfuse.datasets.manifest.PART", 1)
    parts = [segments for _, segments, _ in manifest.read(folder / "manifest.csv", ["audio"])]
    assert [segments.ids for segments in parts] == [["001"], ["b"], ["c"], ["d"]]
    assert parts[1].features["audio"][0].tolist() == whole["train"].features["audio"][1].tolist()
    assert parts[1].words[0].tolist() == whole["train"].words[1].tolist()
