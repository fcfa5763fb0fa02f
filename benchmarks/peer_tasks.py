"""One training run per process: `peer_tasks.py SIDE MODEL EPOCHS DATA [SETTINGS]`; see peer.py.

Prints JSON: CPU seconds until the training begins and of each epoch of it, and the process's peak
memory. It also runs where only the peer is installed: each side imports what it needs.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

LABELS_FIRST = {"self_mm"}  # MMSA reads all labels before the first epoch


class NoMoreEpochsError(Exception):
    """Ends a training that has no limit of epochs."""


class Clock:
    """CPU seconds of this process: when each epoch began, and how long it took."""

    def __init__(self, epochs: int):
        self.epochs = epochs
        self.begun: list[float] = []
        self.seconds: list[float] = []

    @contextmanager
    def epoch(self) -> Iterator[None]:
        """Time the next epoch, or raise NoMoreEpochsError."""
        if len(self.begun) == self.epochs:
            raise NoMoreEpochsError
        self.begun.append(time.process_time())
        yield
        self.seconds.append(time.process_time() - self.begun[-1])


def ours(clock: Clock, model: str, data: Path, settings: str) -> None:
    """Run `evenfuse train` on a folder of caches."""
    from evenfuse.commands.train import command
    from evenfuse.training.loop import Trainer

    whole = Trainer.train_epoch

    def timed(self: Trainer, *arguments: Any) -> Any:
        with clock.epoch():
            return whole(self, *arguments)

    Trainer.train_epoch = timed  # type: ignore[method-assign]
    caches = ["--train", str(data / "train.h5"), "--valid", str(data / "valid.h5")]
    with tempfile.TemporaryDirectory() as folder:
        places = ["--checkpoints", f"{folder}/kept", "--output", f"{folder}/runs"]
        arguments = ["--settings", settings, "--seed", "1", *caches, *places, "--threads", "1"]
        command.main(arguments, standalone_mode=False)


def mmsa(clock: Clock, model: str, data: Path) -> None:
    """Run MMSA on a pickle, with its own settings for CMU-MOSI."""
    _let_mmsa_run_on_a_cpu()
    import MMSA.run

    loaders = MMSA.run.MMDataLoader

    def timed(*arguments: Any) -> dict[str, Any]:
        made: dict[str, Any] = loaders(*arguments)
        return {**made, "train": Timed(made["train"], clock, before=model in LABELS_FIRST)}

    MMSA.run.MMDataLoader = timed
    with tempfile.TemporaryDirectory() as folder:
        places = dict.fromkeys(("model_save_dir", "res_save_dir", "log_dir"), folder)
        features = {"featurePath": str(data)}
        MMSA.run.MMSA_run(
            model, "mosi", config=features, seeds=[1], num_workers=0, verbose_level=0, **places
        )


class Timed:
    """A loader whose epochs are timed, what is done with its batches included.

    A pass that comes `before` the first epoch is not timed.
    """

    def __init__(self, loader: Any, clock: Clock, before: bool):
        self.loader, self.clock, self.before = loader, clock, before

    def __iter__(self) -> Iterator[Any]:
        timed = nullcontext() if self.before else self.clock.epoch()
        self.before = False
        with timed:
            yield from self.loader

    def __len__(self) -> int:
        return len(self.loader)


def _let_mmsa_run_on_a_cpu() -> None:
    """Replace what MMSA 2.2.1 asks of torch and a torch for CPUs, or a newer one, refuses."""
    import torch
    from torch.optim import lr_scheduler

    plateau = lr_scheduler.ReduceLROnPlateau

    def quiet(*arguments: Any, verbose: bool, **options: Any) -> Any:
        return plateau(*arguments, **options)

    torch.cuda.set_device = lambda device: None
    lr_scheduler.ReduceLROnPlateau = quiet  # type: ignore[assignment,misc]


def main(side: str, model: str, epochs: str, data: str, *settings: str) -> None:
    clock = Clock(int(epochs))
    with suppress(NoMoreEpochsError):
        {"ours": ours, "mmsa": mmsa}[side](clock, model, Path(data), *settings)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"start": clock.begun[0], "epochs": clock.seconds, "memory": memory}
    print("\n" + json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
