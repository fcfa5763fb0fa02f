"""Runs in every state: one that is finished, one that was killed, one that still trains."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.processes import eventually, train, train_command
from tests.training.conftest import run_settings

LONG = {"epochs": 5000, "patience": 5000, "batch_size": 16}
Begin = Callable[[Path], subprocess.Popen[bytes]]


@pytest.fixture(scope="session")
def finished_run(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which seed 1 was trained to its end; what it said is in log."""
    project = tmp_path_factory.mktemp("finished-run")
    run = run_settings(training={"epochs": 4, "batch_size": 16})
    (project / "log").write_text(train(run, cache, project, "--seed", 1))
    return project


@pytest.fixture(scope="module")
def begin(cache: Path) -> Iterator[Begin]:
    """Return a function: project -> a process that trains seed 1 for long; it says so in log."""
    processes = []

    def begun(project: Path) -> subprocess.Popen[bytes]:
        command = train_command(run_settings(training=LONG), cache, project, "--seed", 1)
        with (project / "log").open("wb") as log:
            processes.append(subprocess.Popen(command, stderr=log))
        eventually(lambda: (project / "log").read_text().count("\n") >= 3)
        return processes[-1]

    yield begun
    for process in processes:
        killed(process)


@pytest.fixture(scope="module")
def killed_run(begin: Begin, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in which seed 1 was killed after some epochs."""
    project = tmp_path_factory.mktemp("killed-run")
    killed(begin(project))
    return project


@pytest.fixture
def own_killed_run(killed_run: Path, tmp_path: Path) -> Path:
    """A copy of that project, for a test that changes it."""
    return Path(shutil.copytree(killed_run, tmp_path / "project", copy_function=shutil.copy2))


def killed(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()
