"""What commands with a model are told of the machine; none of it is a reason to train again."""

import shlex

from evenfuse.settings.config import Config


def computing(config: Config) -> str:
    """Return the options of all of them, as a shell reads them."""
    staging = ["--local-cache", config.local_cache] if config.local_cache else []
    return shlex.join(["--runs-per-gpu", str(config.runs_per_gpu), *staging])


def event_files(config: Config, runs: str) -> str:
    """Return the option for event files, as a shell reads it, if any are wanted."""
    folder = config.tensorboard
    return shlex.join(["--tensorboard", f"{folder}/{runs}"]) if folder else ""
