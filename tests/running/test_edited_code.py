"""A checkpoint stays good while the code that made its numbers does."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from evenfuse import digests
from evenfuse.files import read_json
from evenfuse.records.checkpoints import newest_epoch
from tests.edits import HARMFUL, HARMLESS, apply
from tests.processes import eventually, train_command
from tests.report.conftest import LONG, killed
from tests.training.conftest import run_settings


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to be edited."""
    return Path(shutil.copytree(Path(digests.__file__).parent, tmp_path / "src/evenfuse"))


def go_on(package: Path, cache: Path, project: Path) -> subprocess.Popen[bytes]:
    """Start the training of an interrupted run again, with the code of the copy."""
    command = train_command(run_settings(training=LONG), cache, project, "--seed", 1)
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    with (project / "log").open("wb") as log:
        return subprocess.Popen(command, stderr=log, env=environment)


def test_a_run_goes_on_after_edits_that_change_no_number(
    package: Path, cache: Path, own_killed_run: Path
) -> None:
    for edit in HARMLESS:
        apply(package, edit)
    done = newest_epoch(own_killed_run / "checkpoints/seed-1")
    process = go_on(package, cache, own_killed_run)
    try:
        log = own_killed_run / "log"
        eventually(lambda: "\n" in log.read_text() or process.poll() is not None)
        assert done is not None
        assert f"resuming after epoch {done.name.removeprefix('epoch-')}" in log.read_text()
    finally:
        killed(process)


def test_a_run_does_not_go_on_with_another_model(
    package: Path, cache: Path, own_killed_run: Path
) -> None:
    apply(package, next(edit for edit in HARMFUL if edit.kind == "model"))
    newest = newest_epoch(own_killed_run / "checkpoints/seed-1")
    assert newest is not None
    made_with = read_json(newest / "identity.json")["code"]
    assert go_on(package, cache, own_killed_run).wait() == 1
    assert f"is of another run: code was {made_with}" in (own_killed_run / "log").read_text()
