"""Trained runs are scored without each subset of their modalities and with rows missing."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evenfuse import load, read_cache
from evenfuse.cache.segments import Ragged
from evenfuse.metrics.sentiment import scores
from evenfuse.records.arms import ArmResults
from evenfuse.records.missing import ArmMissing
from tests.conftest import run_command
from tests.training.conftest import run_settings


@pytest.fixture(scope="module")
def runs(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """An arm of two seeds that reads audio and video."""
    folder = tmp_path_factory.mktemp("runs")
    settings = run_settings(training={"epochs": 1, "batch_size": 16, "modality_dropout": 0.3})
    run_command(
        *("train", "--settings", settings.model_dump_json(exclude={"seed"}), "--seed", 1),
        *("--seed", 2, "--train", cache / "train.h5", "--valid", cache / "valid.h5"),
        *("--checkpoints", folder / "checkpoints", "--output", folder),
    )
    return [folder / f"seed-{seed}/run.json" for seed in (1, 2)]


def evaluated(runs: list[Path], cache: Path, output: Path, **missing: object) -> ArmMissing:
    run_command(
        *("evaluate-missing", *runs, "--test", cache / "test.h5"),
        *("--missing", json.dumps(missing), "--output", output),
    )
    return ArmMissing.read(output)


def test_every_subset_and_every_rate_is_scored(
    runs: list[Path], cache: Path, tmp_path: Path
) -> None:
    arm = evaluated(runs, cache, tmp_path / "missing.json", rates=[0.5, 0.25])
    asked = [(condition.absent, condition.rate) for condition in arm.conditions]
    alone = [([name], 0.0) for name in ("audio", "video")]
    assert asked == [([], 0.0), *alone, ([], 0.25), ([], 0.5)]
    assert (arm.seeds, arm.generated_data, arm.mask_seed) == ([1, 2], True, 1)

    run_command("evaluate", *runs, "--test", cache / "test.h5", "--output", tmp_path / "arm.json")
    whole = ArmResults.read(tmp_path / "arm.json").metrics
    assert arm.conditions[0].scores == whole
    assert all(each.scores["mae"] != whole["mae"] for each in arm.conditions[1:])


def test_without_audio_every_frame_of_it_is_the_mean_frame(
    runs: list[Path], cache: Path, tmp_path: Path
) -> None:
    arm = evaluated(runs, cache, tmp_path / "missing.json", rates=[])
    segments = read_cache(cache / "test.h5", ["audio", "video"])
    frames = read_cache(cache / "train.h5", ["audio"]).features["audio"].values
    audio = segments.features["audio"]
    mean = np.broadcast_to(frames.mean(axis=0, dtype=np.float64), audio.values.shape)
    features = {**segments.features, "audio": Ragged(mean.astype(np.float32), audio.offsets)}
    silent = replace(segments, features=features)
    predicted = [load(run.with_name("model")).predict(silent)[:, 0] for run in runs]
    expected = [scores(segments.labels[:, 0], each)["mae"] for each in predicted]
    assert arm.conditions[1].absent == ["audio"]
    assert arm.conditions[1].scores["mae"].per_seed == pytest.approx(expected, abs=1e-5)


def test_the_same_seed_hides_the_same_rows(runs: list[Path], cache: Path, tmp_path: Path) -> None:
    one, again = (
        evaluated(runs, cache, tmp_path / name, rates=[0.5], seed=7)
        for name in ("a.json", "b.json")
    )
    other = evaluated(runs, cache, tmp_path / "c.json", rates=[0.5], seed=8)
    assert one == again
    assert one.conditions[:3] == other.conditions[:3]
    assert one.conditions[3] != other.conditions[3]
