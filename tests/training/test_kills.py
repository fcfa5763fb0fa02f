"""Real runs, really killed: the results are those of a run that was never stopped."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from safetensors.torch import load_file

from tests.training.conftest import run_settings

MEASURED = {"seconds_per_epoch", "seal"}  # numbers of a clock, and their checksum


@pytest.fixture
def command(cache: Path, vocabulary: Path) -> list[str]:
    """A training command of some seconds, but for its folders; its weights take time to write."""
    settings = run_settings(
        modalities=["text", "audio", "video"],
        text_encoder=str(vocabulary),
        model={"name": "awf", "hidden_size": 96, "post_dim": 64, "dropout": 0.2},
        training={"epochs": 14, "batch_size": 16, "patience": 14},
    )
    given = ["--settings", settings.model_dump_json(exclude={"seed"}), "--seed", "1", "--seed", "2"]
    caches = ["--train", str(cache / "train.h5"), "--valid", str(cache / "valid.h5")]
    return [sys.executable, "-m", "evenfuse", "train", *given, *caches]


def start(command: list[str], folder: Path) -> subprocess.Popen[bytes]:
    places = ["--checkpoints", str(folder / "checkpoints"), "--output", str(folder / "output")]
    log = (folder / "log").open("ab")
    return subprocess.Popen([*command, *places], stderr=log)


def results(folder: Path, cache: Path) -> dict[str, Any]:
    """Everything that the run gives, number for number, and its predictions of the test split."""
    runs = [str(folder / f"output/seed-{seed}/run.json") for seed in (1, 2)]
    given = [*runs, "--test", str(cache / "test.h5"), "--output", str(folder / "arm.json")]
    subprocess.run([sys.executable, "-m", "evenfuse", "evaluate", *given], check=True)
    predictions = pd.read_parquet(folder / "arm.predictions.parquet")
    found: dict[str, Any] = {"predictions": predictions.to_dict()}
    for seed in (1, 2):
        run = folder / f"output/seed-{seed}"
        record = json.loads((run / "run.json").read_text())
        found[f"run {seed}"] = {k: v for k, v in record.items() if k not in MEASURED}
        epochs = pd.read_parquet(run / "epochs.parquet").drop(columns="seconds")
        found[f"epochs {seed}"] = epochs.to_dict()
        weights = load_file(run / "model/weights.safetensors")
        found[f"weights {seed}"] = {name: value.tolist() for name, value in weights.items()}
    return found


def killed_once(command: list[str], folder: Path, moment: float, while_writing: bool) -> bool:
    """Start, kill -9 after a while or while a checkpoint is written; return whether it was killed.

    The clock starts with the first epoch of this process, so that kills hit the training.
    """
    process = start(command, folder)
    lines = (folder / "log").stat().st_size
    while process.poll() is None and (folder / "log").stat().st_size == lines:
        time.sleep(0.005)
    time.sleep(moment)
    while while_writing and process.poll() is None:
        if list((folder / "checkpoints").rglob(".epoch-*.part")):
            break
        time.sleep(0.0005)
    if process.poll() is not None:
        return False
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return True


def test_ten_kills_change_no_number(command: list[str], cache: Path, tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir()
    cut.mkdir()
    assert start(command, whole).wait() == 0
    rng, kills, in_writing = random.Random(0), 0, 0
    for number in range(10):
        while_writing = number % 2 == 1
        hit = killed_once(command, cut, rng.uniform(0, 0.25), while_writing)
        kills += hit
        in_writing += hit and bool(list((cut / "checkpoints").rglob(".epoch-*.part")))
    assert start(command, cut).wait() == 0, (cut / "log").read_text()
    assert kills == 10
    assert in_writing >= 1
    assert results(cut, cache) == results(whole, cache)
    assert not list((cut / "checkpoints").iterdir())
    assert "resuming after epoch" in (cut / "log").read_text()
