"""Real training processes, and waiting for what they do."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from evenfuse.settings.run import RunSettings


def eventually(happened: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something has happened; it is a failure if it does not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.02)


def train_command(run: RunSettings, cache: Path, project: Path, *options: object) -> list[str]:
    """Return the command that trains a run, with results/ and checkpoints/ in a folder."""
    arguments: list[object] = [
        *("--settings", run.model_dump_json(exclude={"seed"})),
        *("--train", cache / "train.h5", "--valid", cache / "valid.h5"),
        *("--checkpoints", project / "checkpoints", "--output", project / "results"),
        *options,
    ]
    return [sys.executable, "-m", "evenfuse", "train", *map(str, arguments)]


def train(run: RunSettings, cache: Path, project: Path, *options: object) -> str:
    """Train to the end in a process of its own; return what it said."""
    command = train_command(run, cache, project, *options)
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert result.returncode == 0, result.stderr
    return result.stderr
