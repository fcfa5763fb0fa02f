"""Options that describe the machine; a change of one is no reason to train again."""

import os
import shlex
import sys
from pathlib import Path

from evenfuse.settings.config import Config


def use_own_python() -> None:
    """Let `python` in a shell line be the one that runs Snakemake, activated or not.

    Where Snakemake deploys conda or a container, theirs comes before it.
    """
    own = Path(sys.executable).parent
    os.environ["PATH"] = f"{own}{os.pathsep}{os.environ['PATH']}"


def computing(config: Config) -> str:
    """Return the options of every command with a model, as a shell reads them."""
    staging = [f"--local-cache={config.local_cache}"] if config.local_cache else []
    return shlex.join([f"--runs-per-gpu={config.runs_per_gpu}", *staging])


def event_files(config: Config, runs: str) -> str:
    """Return the option for event files, as a shell reads it, if any are wanted."""
    folder = config.tensorboard
    return shlex.join([f"--tensorboard={folder}/{runs}"]) if folder else ""
