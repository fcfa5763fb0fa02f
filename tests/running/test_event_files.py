"""Event files hold the numbers of the history, each of them once."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from evenfuse.running.event_files import EventFiles
from tests.processes import train, train_command
from tests.training.conftest import Make, run_settings


def read_back(folder: Path) -> pd.DataFrame:
    """Epochs x names, as TensorBoard shows them."""
    events = EventAccumulator(str(folder))
    events.Reload()
    names = events.Tags()["scalars"]
    return pd.DataFrame(
        {name: {event.step: event.value for event in events.Scalars(name)} for name in names}
    )


def test_event_files_hold_every_number_of_the_history(cache: Path, tmp_path: Path) -> None:
    run = run_settings(training={"epochs": 3})
    train(run, cache, tmp_path, "--seed", 1, "--tensorboard", tmp_path / "events")
    shown = read_back(tmp_path / "events/seed-1")
    rows = pd.read_parquet(tmp_path / "results/seed-1/epochs.parquet").set_index(
        "epoch", drop=False
    )
    assert {"g/audio", "w/video", "train/loss", "valid/mae"} <= set(shown)
    rows.columns = [name.replace("_", "/", 1) for name in rows]
    pd.testing.assert_frame_equal(
        shown.sort_index(axis=1),
        rows.sort_index(axis=1),
        rtol=1e-6,
        check_dtype=False,
        check_names=False,
    )


def test_epochs_that_are_trained_again_are_shown_once(make: Make, tmp_path: Path) -> None:
    events = EventFiles(tmp_path / "events")
    events.begun(3, [])
    for epoch in (1, 2, 3):
        events.epoch_done({"epoch": epoch, "train_loss": epoch})
    again = EventFiles(tmp_path / "events")
    again.begun(3, [{"epoch": 1}])
    again.epoch_done({"epoch": 2, "train_loss": 20})
    assert read_back(tmp_path / "events")["train/loss"].to_dict() == {1: 1, 2: 20}


def test_without_tensorboard_one_sentence_says_what_to_install(cache: Path, tmp_path: Path) -> None:
    options = ["--seed", 1, "--tensorboard", tmp_path / "events"]
    _, *command = train_command(run_settings(), cache, tmp_path, *options)
    blind = (
        "import sys; sys.modules['tensorboard'] = None; from evenfuse.__main__ import main; main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", blind, *command[2:]], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    told = "event files need TensorBoard: pip install 'evenfuse[tensorboard]'"
    assert result.stderr == f"evenfuse: {told}\n"
