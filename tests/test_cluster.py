"""What needs no Slurm of what a run on Slurm does first; the rest is in tests/slurm."""

import os
import subprocess
from pathlib import Path

import pytest

from evenfuse.cluster import ask, left_over, put_before_sacct
from evenfuse.errors import EvenfuseError

STAND_IN = Path(__file__).parents[1] / "profiles/slurm/bin"
RUN = "evenfuse_0b2f2987-cff4-4a88-bfe5-06ab2eaff562"


@pytest.fixture
def commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for commands that stand in for Slurm's, before all others."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("EVENFUSE_SACCT", "")
    return tmp_path


def write_command(folder: Path, name: str, body: str) -> None:
    """Write a shell script."""
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def test_only_jobs_of_a_run_in_this_folder_are_left_over(commands: Path) -> None:
    rows = [f"1|{RUN}|{commands}", f"2|{RUN}|/elsewhere", f"3|evenfuse_mine|{commands}"]
    write_command(commands, "squeue", f"printf '%s\\n' {' '.join(map(repr, rows))}")
    assert left_over(commands) == ["1"]


def test_a_command_that_fails_is_one_sentence(commands: Path) -> None:
    write_command(commands, "squeue", "echo 'no controller' >&2; exit 1")
    with pytest.raises(EvenfuseError, match=r"^Slurm's squeue failed: no controller$"):
        ask("squeue")
    with pytest.raises(EvenfuseError, match=r"^Slurm's nosuch could not be started: "):
        ask("nosuch")


def sacct() -> subprocess.CompletedProcess[str]:
    """Ask as Snakemake does."""
    command = ["sacct", "-X", "--format=JobIdRaw,State", "--name", RUN]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("accounting_storage/slurmdbd", "1|CANCELLED\n2|RUNNING\n"), ("(null)/none", "3|FAILED\n")],
)
def test_sacct_and_squeue_answer_alike(commands: Path, kind: str, expected: str) -> None:
    write_command(commands, "scontrol", f"echo 'AccountingStorageType = {kind}'")
    write_command(commands, "sacct", "printf '1|CANCELLED by 1000\\n2|RUNNING\\n'")
    write_command(commands, "squeue", "echo '3|FAILED'")
    put_before_sacct(STAND_IN)
    assert sacct().stdout == expected


def test_no_answer_stays_no_answer(commands: Path) -> None:
    write_command(commands, "scontrol", "echo 'AccountingStorageType = slurmdbd'")
    write_command(commands, "sacct", "echo 'no database' >&2; exit 1")
    put_before_sacct(STAND_IN)
    assert sacct().returncode == 1
