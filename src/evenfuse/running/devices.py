"""On which device a run computes: GPUs are leased, so that parallel runs never share one."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
from filelock import FileLock, Timeout

PAUSE = 1.0  # seconds between two looks for a free GPU


@contextmanager
def leased_device(threads: int, runs_per_gpu: int = 1) -> Iterator[torch.device]:
    """Give a GPU that no other run has, waiting for one if need be, or the CPU if there is none.

    Only GPUs that CUDA shows to this process count, so that CUDA_VISIBLE_DEVICES and what a
    scheduler assigned are respected. On the CPU, torch computes with that many threads.
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
    """Hold one of `names` alone, or with up to `sharers` holders in all; wait for a free one.

    A lease is a lock on a file of `folder`, which the system frees when its process dies.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = [(name, slot) for slot in range(sharers) for name in names]
    lock, name = _first_free(places, folder)
    try:
        yield name
    finally:
        lock.release()


def _first_free(places: Sequence[tuple[str, int]], folder: Path) -> tuple[FileLock, str]:
    told = False
    while True:
        for name, slot in places:
            lock = FileLock(folder / f"{name}.{slot}.lock")
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            return lock, name
        if not told:
            print(f"waiting for a free GPU: all {len(places)} are leased", file=sys.stderr)
            told = True
        time.sleep(PAUSE)


def _visible_gpus() -> list[str]:
    # the number of a GPU depends on who looks; its identity does not
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
    return [str(torch.cuda.get_device_properties(i).uuid) for i in range(count)]


def _lease_folder() -> Path:
    return Path(tempfile.gettempdir()) / f"evenfuse-gpus-{os.getuid()}"
