"""A corpus through the align command: folds, counts, and real CMU-MOSI where it is at hand."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import h5py
import pytest

from evenfuse.alignment.corpus import split_of_videos
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache
from evenfuse.errors import EvenfuseError
from tests.conftest import ROLES, run_command

MOSI = os.environ.get("EVENFUSE_MOSI")


def align(folder: Path, output: Path, folds: dict[str, list[str]]) -> str:
    (output / "folds.json").write_text(json.dumps(folds))
    sources = [f"{role}={folder / f'demo_{role}.csd'}" for role in ROLES]
    return run_command(
        "align", *sources, "--folds", output / "folds.json", "--output", output / "cache"
    ).output


def test_folds_are_turned_round() -> None:
    folds = {"train": ["a", "b"], "valid": ["c"], "test": ["d"]}
    assert split_of_videos(folds) == {"a": "train", "b": "train", "c": "valid", "d": "test"}


def test_a_video_in_two_splits_is_refused() -> None:
    with pytest.raises(EvenfuseError, match="'a' in train and in test"):
        split_of_videos({"train": ["a"], "valid": ["c"], "test": ["a"]})


def test_folds_without_a_split_are_refused() -> None:
    with pytest.raises(EvenfuseError, match="no videos for the split 'valid'"):
        split_of_videos({"train": ["a"], "test": ["b"]})


@pytest.mark.parametrize("folds", [["a"], None, 1, "a", {"train": "a"}, {"train": [1]}])
def test_folds_of_another_form_are_refused(folds: Any) -> None:
    with pytest.raises(EvenfuseError, match="should be a JSON object: split -> list of video ids"):
        split_of_videos(folds)


def test_videos_of_a_fold_without_labels_are_reported(generated: Path, tmp_path: Path) -> None:
    folds = {"train": ["demo000", "x\ny"], "valid": ["demo001"], "test": ["demo002"]}
    printed = align(generated, tmp_path, folds)
    assert "in a fold, but without labels: x\\ny" in printed.splitlines()


def test_intervals_that_end_before_they_start_are_counted(generated: Path, tmp_path: Path) -> None:
    shutil.copytree(generated, tmp_path / "raw")
    with h5py.File(tmp_path / "raw/demo_audio.csd", "a") as file:
        times = file["demo_audio/data/demo000/intervals"]
        times[:3] = times[:3][:, ::-1]
    folds = {"train": ["demo000"], "valid": ["demo001"], "test": ["demo002"]}
    printed = align(tmp_path / "raw", tmp_path, folds)
    assert "3 intervals of audio that end before they start" in printed


def test_videos_in_no_fold_are_reported(generated: Path, tmp_path: Path) -> None:
    folds = {"train": ["demo000"], "valid": ["demo001"], "test": ["demo002"]}
    printed = align(generated, tmp_path, folds)
    assert "in no fold, left out: demo003, demo004" in printed
    stored = read_provenance(tmp_path / "cache/train.h5").unassigned
    assert stored == [f"demo00{i}" for i in range(3, 8)]


def test_a_difference_from_the_published_numbers_is_reported(tmp_path: Path) -> None:
    rows = [f"s{i},{split},so,1" for i, split in enumerate(["train"] * 3 + ["valid", "test"])]
    (tmp_path / "manifest.csv").write_text("\n".join(["id,split,text,label", *rows]))
    known = ["--published", "train=4", "--published", "valid=1", "--published", "test=0"]
    printed = run_command(
        *("cache", tmp_path / "manifest.csv", "--format", "manifest", "--output", tmp_path), *known
    ).output
    assert printed.splitlines() == [
        "train: 3 kept, 1 fewer than the 4 published",
        "valid: 1 kept",
        "test: 1 kept, 1 more than the 0 published",
    ]
    assert read_provenance(tmp_path / "train.h5").counts["fewer than the 4 published"] == 1


def test_a_video_without_a_modality_is_dropped_and_counted(generated: Path, tmp_path: Path) -> None:
    for role in ROLES:
        shutil.copy(generated / f"demo_{role}.csd", tmp_path)
    with h5py.File(tmp_path / "demo_audio.csd", "r+") as audio:
        (root,) = audio.values()
        del root["data/demo003"]
    with h5py.File(tmp_path / "demo_labels.csd") as labels:
        (root,) = labels.values()
        number = len(root["data/demo003/features"])
    folds = {"train": ["demo000", "demo003"], "valid": ["demo001"], "test": ["demo002"]}
    align(tmp_path, tmp_path, folds)
    counts = read_provenance(tmp_path / "cache/train.h5").counts
    assert counts["dropped: video not in audio"] == number > 0


def test_a_split_without_segments_is_refused(generated: Path, tmp_path: Path) -> None:
    folds = {"train": ["demo000"], "valid": ["demo001"], "test": ["elsewhere"]}
    with pytest.raises(EvenfuseError, match="the split 'test' has no segments left"):
        align(generated, tmp_path, folds)
    assert not (tmp_path / "cache").exists()


def test_a_segment_belongs_to_the_split_of_its_video(cache: Path, generated: Path) -> None:
    folds = json.loads((generated / "demo_folds.json").read_text())
    for split, videos in folds.items():
        ids = read_cache(cache / f"{split}.h5").ids
        assert {segment.split("[")[0] for segment in ids} == set(videos)
        assert read_provenance(cache / f"{split}.h5").generated


def test_every_row_is_a_word_in_every_modality(cache: Path) -> None:
    segments = read_cache(cache / "train.h5")
    assert set(segments.features) == {"vectors", "audio", "video"}
    assert "" in segments.words.values  # the pause
    assert "sp" not in segments.words.values
    for sequence in segments.features.values():
        assert sequence.offsets.tolist() == segments.words.offsets.tolist()


@pytest.mark.skipif(not MOSI, reason="set EVENFUSE_MOSI to a folder with CMU-MOSI's .csd files")
def test_real_mosi(tmp_path: Path) -> None:
    roles = {"words": "TimestampedWords", "labels": "Opinion_Labels", "audio": "Acoustic73"}
    files = {role: Path(str(MOSI)) / f"CMU_MOSI_{name}.csd" for role, name in roles.items()}
    sources = [f"{role}={path}" for role, path in files.items()]
    known = ["--published", "train=1284", "--published", "test=686"]
    printed = run_command(
        "align", *sources, "--sdk-folds", "CMU_MOSI", *known, "--output", tmp_path
    ).output
    assert "train: 1283 kept, 1 fewer than the 1284 published" in printed
    assert "test: 686 kept" in printed.splitlines()
    splits = {split: read_cache(tmp_path / f"{split}.h5") for split in ("train", "valid", "test")}
    assert {split: len(s) for split, s in splits.items()} == {
        "train": 1283,
        "valid": 229,
        "test": 686,
    }
    with h5py.File(files["labels"]) as file:
        labels = file["Opinion Segment Labels/data/03bSnISJMiM/features"][:, 0]
    ids = [f"03bSnISJMiM[{i}]" for i in range(len(labels))]
    train = splits["train"]
    assert [train.labels[train.ids.index(i), 0] for i in ids] == labels.tolist()
    assert train.sentences()[train.ids.index(ids[0])] == "anyhow it was really good"
