"""What a person sees while a run trains."""

import os
import pty
import subprocess
import sys
import termios
from contextlib import suppress
from pathlib import Path

import pytest

from evenfuse.files import read_json
from evenfuse.records.checkpoints import newest_epoch
from evenfuse.running.progress import ProgressLines, epoch_line, first_at_floor
from tests.processes import train_command
from tests.report.conftest import Begin, killed
from tests.training.conftest import Make, fit, run_settings
from tests.training.test_checkpoint import Interruption, StoppedError

ROWS = [
    {
        "epoch": number,
        "train_loss": 0.75,
        "valid_mae": 1.25,
        "g_audio": 0.00123,
        "g_video": 0.5,
        "w_audio": 1.0,
        "w_video": 0.126,
        "seconds": seconds,
    }
    for number, seconds in ((1, 60.0), (2, 20.0), (3, 30.0))  # the first one is slow
]


def test_the_line_of_an_epoch() -> None:
    run = run_settings(training={"epochs": 5})
    assert epoch_line(run, ROWS) == (
        "epoch 3/5, train l1 0.7500, valid mae 1.2500, g audio 1.2e-03 video 5.0e-01, "
        "w audio 1.00 video 0.13, at most 01:00 left"
    )


def test_the_line_has_every_auxiliary_loss() -> None:
    losses = {"loss_contrast": 0.25, "loss_polarity": 0.125}
    row = {"train_loss": 0.75, **losses, "valid_mae": 1.25, "seconds": 1.0}
    assert epoch_line(run_settings(training={"epochs": 1}), [row]) == (
        "epoch 1/1, train l1 0.7500, beside it contrast 0.2500 polarity 0.1250, "
        "valid mae 1.2500, at most 00:00 left"
    )


def test_the_line_of_a_model_without_last_maps() -> None:
    row = {"train_loss": 0.75, "valid_mae": 1.25, "seconds": 1.0}
    assert epoch_line(run_settings(training={"epochs": 1}), [row]) == (
        "epoch 1/1, train l1 0.7500, valid mae 1.2500, at most 00:00 left"
    )


def test_a_log_file_has_a_line_per_epoch_and_no_bar(finished_run: Path) -> None:
    lines = (finished_run / "log").read_text().splitlines()
    assert [line.partition(",")[0] for line in lines] == [
        f"seed 1: epoch {i}/4" for i in range(1, 5)
    ]
    assert lines[-1].endswith(", at most 00:00 left")


def test_a_killed_run_goes_on_after_its_last_whole_epoch(
    begin: Begin, own_killed_run: Path
) -> None:
    newest = newest_epoch(own_killed_run / "checkpoints/seed-1")
    assert newest is not None
    done = len(read_json(newest / "state.json")["rows"])
    killed(begin(own_killed_run))
    lines = (own_killed_run / "log").read_text().splitlines()
    assert lines[0] == f"seed 1: resuming after epoch {done}"
    for number, line in enumerate(lines[1:3], start=done + 1):
        assert line.startswith(f"seed 1: epoch {number}/5000, train l1 ")


def test_a_fusion_weight_at_its_floor_is_told_once(
    make: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    balancing = {"name": "b_fusion", "learning_rate": 5000.0}
    training = {"epochs": 4, "batch_size": 16}
    run = make(balancing=balancing, training=training)
    with pytest.raises(StoppedError):
        fit(run, tmp_path, [ProgressLines(run.settings), Interruption(2)])
    run = make(balancing=balancing, training=training)
    rows = fit(run, tmp_path, [ProgressLines(run.settings)])
    lines = capsys.readouterr().err.splitlines()
    warned = [line for line in lines if "warning" in line]
    epochs = {m: sum(row[f"at_floor_{m}"] > 0 for row in rows) for m in ("audio", "video")}
    assert max(epochs.values()) > 1
    assert [line.partition(",")[0] for line in warned] == [
        f"seed 1: warning: the fusion weight of {m} fell to balancing.w_min"
        for m, number in epochs.items()
        if number
    ]


def test_no_warning_above_the_floor() -> None:
    rows = [{"at_floor_audio": 0.0, "at_floor_video": share} for share in (0.0, 0.25, 0.5)]
    names = ["audio", "video", "text"]
    assert [first_at_floor(rows[:n], names) for n in (1, 2, 3)] == [[], ["video"], []]


def test_the_bar_moves_by_batches_from_where_a_run_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    lines = ProgressLines(run_settings(training={"epochs": 5}))
    lines.begun(4, ROWS)
    assert (lines.bar.n, lines.bar.total) == (12, 20)
    lines.batches_done(3)
    assert lines.bar.n == 15


def test_on_a_terminal_there_is_a_bar(cache: Path, tmp_path: Path) -> None:
    command = train_command(run_settings(training={"epochs": 2}), cache, tmp_path, "--seed", 1)
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, stderr=theirs)
    termios.tcsetwinsize(theirs, (24, 120))
    os.close(theirs)
    shown = b""
    # a terminal that nobody writes to any more ends with an error
    with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
        while part := terminal.read(1000):
            shown += part
    assert process.wait() == 0
    assert b"gb, seed 1: " in shown
    assert b"100%" in shown
    assert b"seed 1: epoch 2/2" in shown
