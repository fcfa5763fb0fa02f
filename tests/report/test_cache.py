"""What a cache is said to hold, on segments that can be counted by hand."""

from pathlib import Path

import numpy as np
import pytest

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.report.cache import (
    contents,
    counts,
    label_histogram,
    lengths,
    plot_cache,
    read_splits,
    sources,
)


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
    assert (test["segments"], test["label mean"]) == (1, "+2.00")


def test_lengths_have_quantiles(splits: dict[str, Segments]) -> None:
    table = lengths(splits)
    audio = table[(table["split"] == "train") & (table["sequence"] == "audio")].iloc[0]
    assert (audio["width"], audio["shortest"], audio["median"], audio["longest"]) == (7, 1, 2, 6)


def test_labels_are_counted_by_whole_numbers(splits: dict[str, Segments]) -> None:
    train, test = label_histogram(splits).to_dict("records")
    assert train == {"split": "train", "-2": 1, "-1": 0, "+0": 1, "+1": 1, "+2": 0}
    assert test["+2"] == 1


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
    plot_cache(splits, tmp_path / "cache")
    assert {path.suffix for path in tmp_path.iterdir()} == {".svg", ".png"}
