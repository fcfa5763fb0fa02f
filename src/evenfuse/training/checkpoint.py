"""Checkpoints: after every epoch, all that a run needs to go on, whole or not at all.

::

    {folder}/lock                        held while a process trains this run
    {folder}/epoch-7/identity.json       settings, code and caches of the run
                     weights.safetensors the model after this epoch
                     best.safetensors    the model after the best epoch so far
                     state.safetensors   moments of the optimizer, random states, order of the data
                     state.json          history, selection, schedule
                     SHA256SUMS          digests of all of these

A new epoch's folder gets its name when it is complete, and only then the one before it goes.
"""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from filelock import FileLock, Timeout
from safetensors.torch import load_file, save_file
from torch import Tensor

from evenfuse.checksums import check_sums, read_sums, write_sums
from evenfuse.damage import reading
from evenfuse.errors import EvenfuseError
from evenfuse.files import (
    disk_full_as_error,
    make_writable,
    read_json,
    write_aside,
    write_json,
)
from evenfuse.records.checkpoints import LOCK, first_difference, newest_epoch
from evenfuse.training.state import TrainingState

WEIGHTS, BEST = "weights.safetensors", "best.safetensors"


class Checkpoints:
    """The checkpoints of one run; `identity` is what they must have been made with.

    Used as a context, in which no other process can train this run.
    """

    def __init__(self, folder: Path, identity: Mapping[str, Any]):
        self.folder = folder
        self.identity = identity
        self._lock = FileLock(folder / LOCK)

    def __enter__(self) -> Self:
        make_writable(self.folder)
        try:
            self._lock.acquire(timeout=1)  # who lists all runs holds it for an instant
        except Timeout:
            reason = f"another process trains this run now: it holds {self.folder / LOCK}"
            raise EvenfuseError(f"{reason}; wait for it, or stop it first") from None
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    def resume(self, state: TrainingState) -> None:
        """Put a run into the state of its newest checkpoint, if there is one.

        Raises:
            EvenfuseError: if that checkpoint is of other settings, code, caches or text encoder; if
                it cannot be read; or is damaged: then it is set aside.
        """
        newest = newest_epoch(self.folder)
        if newest is None:
            return
        with reading("checkpoint", newest):
            check_sums(newest)
            identity = read_json(newest / "identity.json")
            values = read_json(newest / "state.json")
            tensors = load_file(newest / "state.safetensors")
            weights = load_file(newest / WEIGHTS)
        self._check(identity)
        state.restore(weights, tensors, values)

    def save(self, state: TrainingState, best: bool) -> None:
        """Keep the state after an epoch, and its weights as the best ones if they are.

        Raises:
            DiskFullError: if the disk is full; the checkpoint before this one stays good.
        """
        previous = newest_epoch(self.folder)
        newest = self.folder / f"epoch-{len(state.rows)}"
        with write_aside(newest) as aside:
            aside.mkdir()
            save_file(state.weights(), aside / WEIGHTS)
            save_file(state.tensors(), aside / "state.safetensors")
            write_json(aside / "state.json", state.values())
            write_json(aside / "identity.json", self.identity)
            if best or previous is None:
                _link(aside / WEIGHTS, aside / BEST)
                write_sums(aside)
            else:
                _link(previous / BEST, aside / BEST)
                write_sums(aside, {BEST: self._sum_of_best(previous)})
        for other in self.folder.iterdir():
            if other.is_dir() and other != newest:  # the one before, and what a kill left
                shutil.rmtree(other)

    def best_weights(self) -> dict[str, Tensor]:
        """Return the weights of the best epoch."""
        newest = newest_epoch(self.folder)
        assert newest is not None
        with reading("checkpoint", newest):
            check_sums(newest, BEST)
            return load_file(newest / BEST)

    def _sum_of_best(self, epoch: Path) -> str:
        with reading("checkpoint", epoch):
            return read_sums(epoch)[BEST]

    def _check(self, saved: Mapping[str, Any]) -> None:
        difference = first_difference(saved, self.identity)
        if difference:
            raise EvenfuseError(
                f"the checkpoint in {self.folder} is of another run: {difference}; delete that "
                "folder to start over, or go back to what it was made with"
            )


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # not every file system has links
        with disk_full_as_error(target):
            shutil.copyfile(source, target)
