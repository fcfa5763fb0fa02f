"""What a cache is said to hold, on segments that can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.report.cache import (
    contents,
    counts,
    label_columns,
    labels,
    lengths,
    plot_cache,
    read_splits,
    sources,
)
from tests.conftest import run_command


def segments(labels: list[float], rows: list[int]) -> Segments:
    offsets = np.cumsum([0, *rows])
    words = np.array(["word", *[""] * (sum(rows) - 1)], dtype=object)
    return Segments(
        ids=[f"v{i // 2}[{i}]" for i in range(len(labels))],
        intervals=np.zeros((len(labels), 2)),
        labels=np.array(labels, np.float32)[:, None],
        words=Ragged(words, offsets),
        features={"audio": Ragged(np.zeros((sum(rows), 7), np.float32), offsets)},
    )


@pytest.fixture
def splits() -> dict[str, Segments]:
    return {"train": segments([-1.6, 0.2, 1], [1, 2, 6]), "test": segments([2], [4])}


def test_contents_are_counted(splits: dict[str, Segments]) -> None:
    train, test = contents(splits).to_dict("records")
    assert (train["segments"], train["videos"], train["words"]) == (3, 2, 1)
    assert test["segments"] == 1


def test_lengths_have_quantiles(splits: dict[str, Segments]) -> None:
    table = lengths(splits)
    audio = table[(table["split"] == "train") & (table["sequence"] == "audio")].iloc[0]
    assert (audio["width"], audio["shortest"], audio["median"], audio["longest"]) == (7, 1, 2, 6)


def test_labels_are_counted_by_whole_numbers(splits: dict[str, Segments]) -> None:
    train, test = labels(splits, ["label 1"]).to_dict("records")
    assert train == {
        **{"split": "train", "label": "label 1", "mean": "-0.13", "std": "1.09"},
        **{"-2": 1, "-1": 0, "+0": 1, "+1": 1, "+2": 0},
    }
    assert (test["mean"], test["std"], test["+2"]) == ("+2.00", "0.00", 1)


def test_every_label_column_has_its_name(tmp_path: Path) -> None:
    run_command("fake", "iemocap", "--format", "mult", "--size", 30, "--output", tmp_path / "a.pkl")
    run_command("cache", tmp_path / "a.pkl", "--format", "mult", "--output", tmp_path)
    printed = run_command("data", "describe", tmp_path).output
    splits, provenance = read_splits(tmp_path)
    assert label_columns(splits, provenance) == ["neutral", "happy", "sad", "angry"]
    assert all(f"| train   | {emotion} " in printed for emotion in ("neutral", "happy", "angry"))
    unknown = {s: own.model_copy(update={"format": "csd"}) for s, own in provenance.items()}
    assert label_columns(splits, unknown) == [f"label {i}" for i in (1, 2, 3, 4)]


def test_a_real_cache_is_described(cache: Path, tmp_path: Path) -> None:
    splits, provenance = read_splits(cache)
    table = counts(provenance).set_index("split")
    assert set(table["what"]) == {"kept", "generated"}
    kept = table[table["what"] == "kept"]["count"].to_dict()
    assert kept == {split: len(own) for split, own in splits.items()}
    assert set(sources(provenance)["role"]) == {
        "words",
        "labels",
        "vectors",
        "audio",
        "video",
        "folds",
    }
    assert (sources(provenance)["sha256"].str.len() == 64).all()
    plot_cache(splits, label_columns(splits, provenance), tmp_path / "cache")
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png"}
