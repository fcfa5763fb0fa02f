"""The device of a run: GPUs are leased, so that parallel runs never share one by accident."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from filelock import FileLock, Timeout

PAUSE = 1.0  # seconds between two attempts to lease a GPU


@contextmanager
def leased_device(threads: int, runs_per_gpu: int = 1) -> Iterator[torch.device]:
    """Yield a GPU that no other run uses, after waiting if all are in use, or the CPU.

    Only GPUs that CUDA shows to this process count, so CUDA_VISIBLE_DEVICES and the assignments of
    a scheduler are respected. On the CPU, torch computes with `threads` threads.
    """
    torch.set_num_threads(threads)
    identities = _visible_gpus()
    if not identities:
        yield torch.device("cpu")
        return
    with lease(identities, _lease_folder(), runs_per_gpu) as identity:
        device = torch.device("cuda", identities.index(identity))
        torch.cuda.set_device(device)
        yield device


@contextmanager
def lease(names: Sequence[str], folder: Path, sharers: int) -> Iterator[str]:
    """Lease one of `names`, each of which has up to `sharers` holders; wait until one is free.

    A lease is a lock on a file in `folder`, which the system releases when its process ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    slots = [(name, slot) for slot in range(sharers) for name in names]
    lock, name = _first_free(slots, folder)
    try:
        yield name
    finally:
        lock.release()


def _first_free(slots: Sequence[tuple[str, int]], folder: Path) -> tuple[FileLock, str]:
    announced = False
    while True:
        for name, slot in slots:
            lock = FileLock(folder / f"{name}.{slot}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            return lock, name
        if not announced:
            print(f"waiting for a free GPU: all {len(slots)} are leased", file=sys.stderr)
            announced = True
        time.sleep(PAUSE)


def _visible_gpus() -> list[str]:
    # the number of a GPU differs between processes; its UUID does not
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [str(torch.cuda.get_device_properties(i).uuid) for i in range(count)]


def _lease_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"evenfuse-gpus-{os.getuid()}"
