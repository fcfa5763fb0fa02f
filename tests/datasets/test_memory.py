"""The memory that docs/data.md promises: a few times the largest array that there may be."""

import json
import pickle
import tracemalloc
from pathlib import Path

import h5py
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.conftest import run_command
from tests.datasets import any_csd

LARGEST = 1 << 24
MOST = 4 * LARGEST


@pytest.fixture(autouse=True)
def smaller_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """16 MiB in place of 512, so that the tests are fast."""
    for module in ("datasets.hdf5", "datasets.chunks", "datasets.npy", "alignment.segments"):
        monkeypatch.setattr(f"evenfuse.{module}.LARGEST", LARGEST)
    monkeypatch.setattr("evenfuse.datasets.manifest.PART", LARGEST // 8)


def peak(*arguments: object) -> int:
    run_command(*arguments)  # what is imported does not count
    tracemalloc.start()
    try:
        run_command(*arguments)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def largest() -> NDArray[np.float64]:
    """An array as large as may be, with one row of numbers."""
    values = np.full((LARGEST // 8 // 64, 64), np.nan)
    values[0] = 1.0
    return values


def test_of_aligning(tmp_path: Path) -> None:
    for role in ("words", "labels", "audio"):
        any_csd.write(tmp_path / f"{role}.csd", role)
    values = largest()
    times = np.linspace((0, 0.01), (2, 3), len(values))
    with h5py.File(tmp_path / "audio.csd", "a") as file:
        for video in any_csd.VIDEOS:
            track = file[f"audio/data/{video}"]
            del track["intervals"], track["features"]
            track["intervals"] = times
            track.create_dataset("features", data=values, compression="gzip")
    folds = {"train": ["a"], "valid": ["b"], "test": ["c"]}
    (tmp_path / "folds.json").write_text(json.dumps(folds))
    sources = [f"{role}={tmp_path / role}.csd" for role in ("words", "labels", "audio")]
    output = ("--folds", tmp_path / "folds.json", "--output", tmp_path / "cache")
    assert peak("align", *sources, *output) < MOST


def test_of_a_manifest(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    rows = [f"s{i},{split},1" for i, split in enumerate(["train"] * 6 + ["valid", "test"])]
    (tmp_path / "manifest.csv").write_text("\n".join(["id,split,label", *rows]))
    for number in range(len(rows)):
        np.save(tmp_path / f"audio/s{number}.npy", largest())
    options = ("--format", "manifest", "--modality", "audio", "--output", tmp_path / "cache")
    assert peak("cache", tmp_path / "manifest.csv", *options) < MOST


def test_of_a_pickle_whose_rows_are_all_real(tmp_path: Path) -> None:
    sizes = {"train": 70, "valid": 10, "test": 20}
    content = {split: every_row_is_real(split, count) for split, count in sizes.items()}
    path = tmp_path / "data.pkl"
    path.write_bytes(pickle.dumps(content, 4))
    options = ("--format", "mult", "--output", tmp_path / "cache")
    assert peak("cache", path, *options) < 1.6 * path.stat().st_size


def every_row_is_real(split: str, count: int) -> dict[str, object]:
    """A split of a pickle of MulT, with an infinite value in each modality."""
    names = {"text": 30, "audio": 50, "vision": 40}
    features = {name: np.ones((count, 1000, width), np.float32) for name, width in names.items()}
    for values in features.values():
        values[0, 0, 0] = -np.inf
    ids = np.array([[f"{split}{number}", "0", "1"] for number in range(count)])
    return {**features, "labels": np.ones((count, 1, 1)), "id": ids}
