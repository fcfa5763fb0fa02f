"""Preparations for a run on Slurm, before its first job."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from evenfuse.errors import EvenfuseError

JOB_NAME = re.compile(r"evenfuse_[0-9a-f-]{36}")  # the prefix in profiles/slurm and the run's id
PATIENCE = 300.0  # seconds


def cancel_left_over(folder: Path) -> None:
    """Cancel the jobs of this folder that a killed Snakemake left behind, and wait for their end.

    A new run does not know them and would submit them again. Their finished work stays, and
    training continues from its checkpoints.

    Raises:
        EvenfuseError: if they do not end, or Slurm does not answer.
    """
    end = time.monotonic() + PATIENCE
    while jobs := left_over(folder):
        ask("scancel", *jobs)
        if time.monotonic() > end:
            raise EvenfuseError(
                f"the Slurm jobs {', '.join(jobs)} of an earlier run do not end; "
                "wait until squeue no longer lists them, then run the same command again"
            )
        time.sleep(1)


def left_over(folder: Path) -> list[str]:
    """Return the ids of the jobs in Slurm's queue that a run in this folder submitted."""
    lines = ask("squeue", "--me", "--noheader", "--format=%i|%j|%Z").splitlines()
    rows = [line.split("|", 2) for line in lines]
    return [job for job, name, path in rows if JOB_NAME.fullmatch(name) and Path(path) == folder]


def put_before_sacct(stand_in: Path) -> None:
    """Put the folder with a replacement for sacct, which Snakemake polls, first on the PATH."""
    keeps_accounts = not re.search(
        r"AccountingStorageType\s*=\s*\S*none", ask("scontrol", "show", "config")
    )
    if keeps_accounts and (real := shutil.which("sacct")):
        os.environ["EVENFUSE_SACCT"] = real
    os.environ["PATH"] = f"{stand_in}{os.pathsep}{os.environ['PATH']}"


def ask(*command: str) -> str:
    """Run one of Slurm's commands and return its output."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise EvenfuseError(f"Slurm's {command[0]} could not be started: {error}") from error
    except subprocess.CalledProcessError as error:
        raise EvenfuseError(
            f"Slurm's {command[0]} failed: {error.stderr.strip() or error.returncode}"
        ) from error
    return result.stdout
