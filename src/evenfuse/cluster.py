"""What a run on Slurm has to do before its first job."""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from evenfuse.errors import EvenfuseError

JOB_NAME = re.compile(r"evenfuse_[0-9a-f-]{36}")  # profiles/slurm: prefix, then the id of a run
PATIENCE = 300.0  # seconds


def cancel_left_over(folder: Path) -> None:
    """Cancel the jobs of this folder that a killed Snakemake left behind, and see them gone.

    A new run knows nothing of them and would submit them once more. What they have finished
    stays, and training goes on from its checkpoints.
    """
    end = time.monotonic() + PATIENCE
    while jobs := left_over(folder):
        ask("scancel", *jobs)
        if time.monotonic() > end:
            raise EvenfuseError(
                f"the Slurm jobs {', '.join(jobs)} of an earlier run do not end; "
                "wait until squeue no longer lists them, then type the same command again"
            )
        time.sleep(1)


def left_over(folder: Path) -> list[str]:
    """Return the ids of the jobs in Slurm's queue that a run in this folder submitted."""
    lines = ask("squeue", "--me", "--noheader", "--format=%i|%j|%Z").splitlines()
    rows = [line.split("|", 2) for line in lines]
    return [job for job, name, place in rows if JOB_NAME.fullmatch(name) and Path(place) == folder]


def put_before_sacct(stand_in: Path) -> None:
    """Let the stand-in in this folder answer for sacct, by which Snakemake follows its jobs."""
    keeps_accounts = not re.search(
        r"AccountingStorageType\s*=\s*\S*none", ask("scontrol", "show", "config")
    )
    if keeps_accounts and (real := shutil.which("sacct")):
        os.environ["EVENFUSE_SACCT"] = real
    os.environ["PATH"] = f"{stand_in}{os.pathsep}{os.environ['PATH']}"


def ask(*command: str) -> str:
    """Run one of Slurm's commands; return what it prints."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except OSError as error:
        raise EvenfuseError(f"Slurm's {command[0]} could not be started: {error}") from error
    except subprocess.CalledProcessError as error:
        raise EvenfuseError(
            f"Slurm's {command[0]} failed: {error.stderr.strip() or error.returncode}"
        ) from error
    return done.stdout
