"""A real Slurm on this machine: started, asked, and disturbed."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

HERE = Path(__file__).parent
COLUMNS = "JobIDRaw,State,Comment,ReqTRES,TimelimitRaw,Start,WorkDir"
Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Job:
    """What Slurm's accounts say of one job."""

    id: str
    state: str
    rule: str
    asked: dict[str, str]
    minutes: int
    started: str


def wait_for(look: Callable[[], Seen], what: str, seconds: float = 60) -> Seen:
    """Look until there is something to see, and return it."""
    end = time.monotonic() + seconds
    while not (seen := look()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)
    return seen


class Slurm:
    """One node with two GPUs that are stand-ins; everything lies in a folder of its own."""

    def __init__(self, folder: Path, accounting: str):
        self.folder = folder
        self.accounting = accounting

    def start(self) -> str:
        """Start what is not running; return why it could not be, or nothing."""
        command = [str(HERE / "start.sh"), str(self.folder), self.accounting]
        # into a file: a daemon that inherits a pipe would keep it open
        with (self.folder / "start.txt").open("w") as file:
            done = subprocess.run(command, stdout=file, stderr=file, check=False)
        last = (self.folder / "start.txt").read_text().strip().splitlines()[-1:]
        return "" if done.returncode == 0 else f"start.sh: {(last or ['no reason given'])[0]}"

    def stop(self) -> None:
        """End all jobs and daemons."""
        subprocess.run([str(HERE / "stop.sh"), str(self.folder)], check=True)

    def end(self, daemon: str) -> None:
        """End one daemon; start() brings it back."""
        process = int((self.folder / "run" / f"{daemon}.pid").read_text())
        os.kill(process, signal.SIGTERM)
        wait_for(lambda: not Path(f"/proc/{process}").exists(), f"the end of {daemon}")

    def ask(self, *command: str) -> str:
        """Run one of Slurm's commands; return what it prints."""
        environment = {**os.environ, "SLURM_CONF": str(self.folder / "slurm.conf")}
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout

    def jobs(self, folder: Path) -> list[Job]:
        """Return the jobs that were ever submitted from a folder, in the order of their ids."""
        columns = ["--allocations", "--noheader", "--parsable2", f"--format={COLUMNS}"]
        rows = [line.split("|") for line in self.ask("sacct", *columns).splitlines()]
        return [job_of(row) for row in rows if row[-1] == str(folder)]

    def running(self, folder: Path) -> list[Job]:
        """Return those that run."""
        return [job for job in self.jobs(folder) if job.state == "RUNNING"]


def job_of(row: list[str]) -> Job:
    """Return the job of a row of sacct."""
    identity, state, comment, asked, minutes, started, _ = row
    resources = dict(pair.split("=") for pair in asked.split(","))
    rule = comment.removeprefix("rule_").split("_wildcards_")[0]
    return Job(identity, state.split()[0], rule, resources, int(minutes), started)


@dataclass(frozen=True)
class Process:
    """A process of the package that runs in a folder."""

    id: int
    command: list[str]
    environment: dict[str, str]

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        os.kill(self.id, number)


def processes(folder: Path, step: str) -> list[Process]:
    """Return the processes of one step of evenfuse, by its command, that run in a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_text().split("\0")
            if words[1:4] != ["-m", "evenfuse", step] or (entry / "cwd").readlink() != folder:
                continue
            pairs = (entry / "environ").read_text().split("\0")
        except OSError:  # it has just ended
            continue
        environment = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
        found.append(Process(int(entry.name), words, environment))
    return found
