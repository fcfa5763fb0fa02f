"""Compare an epoch of batches from the cache with reading the same bytes and nothing else."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

EPILOG = """
A cache of random features (74-wide audio, 35-wide video, some 25 rows per segment) is written to a
temporary folder. Each measurement has a process of its own; imports are not in the times.

  raw             read all bytes of the cache file into memory
  open            open the cache, with the checksums of all that is read
  epoch           make every batch of one shuffled epoch, padded
  open, mapped    the same with the features left in the file (in_memory: false)
  epoch, mapped

Memory is what the process holds in the end above what its imports take, without pages of files,
which the system may drop at any time (RssAnon of Linux). Example:

  python benchmarks/reading.py --segments 16000
"""


def write_cache(path: Path, segments: int) -> None:
    from evenfuse.cache.segments import Ragged, Segments
    from evenfuse.cache.writing import CacheWriter

    rng = np.random.default_rng(0)
    writer = CacheWriter(path)
    for start in range(0, segments, 200):
        offsets = np.concatenate([[0], np.cumsum(rng.integers(1, 50, 200))])
        words = np.full(offsets[-1], "word", dtype=object)
        features = {
            name: Ragged(rng.random((offsets[-1], width), np.float32), offsets)
            for name, width in (("audio", 74), ("video", 35))
        }
        ids = [f"v{start}[{i}]" for i in range(200)]
        label = np.zeros((200, 1), np.float32)
        writer.append(Segments(ids, np.zeros((200, 2)), label, Ragged(words, offsets), features))
    writer.close({})


def memory() -> float:
    """Return the memory of this process that is not a file's, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def read_raw(path: Path) -> list[float]:
    """Return the seconds of reading all bytes, and the memory then."""
    begun = time.perf_counter()
    content = path.read_bytes()
    seconds = time.perf_counter() - begun
    return [seconds, memory() if content else 0.0]


def read_batches(path: Path, in_memory: bool) -> list[float]:
    """Return the seconds of opening and of an epoch, and the memory then."""
    import torch

    from evenfuse.batching.corpus import Corpus
    from evenfuse.batching.order import shuffled_batches
    from evenfuse.cache.reading import read_cache

    torch.set_num_threads(1)
    names = ["audio", "video"]
    begun = time.perf_counter()
    corpus = Corpus.from_segments(read_cache(path, names, in_memory), names, None)
    opened = time.perf_counter()
    order = shuffled_batches(corpus.lengths(), 64, torch.Generator().manual_seed(0))
    for batch in corpus.batches(order, torch.device("cpu")):
        batch.labels.sum()
    return [opened - begun, time.perf_counter() - opened, memory()]


def measure(task: str, path: Path) -> None:
    """Print the seconds of a task and the memory that it takes above its imports, in MB."""
    if task != "raw":
        import evenfuse.batching.corpus
        import evenfuse.batching.order
        import evenfuse.cache.segments  # noqa: F401
    imported = memory()
    *seconds, held = read_raw(path) if task == "raw" else read_batches(path, task == "in memory")
    print(*seconds, held - imported)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--segments", type=int, default=1200, help="number of segments (1200)")
    parser.add_argument("--repeats", type=int, default=5, help="medians are over so many (5)")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        return measure(options.measure[0], Path(options.measure[1]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.h5"
        write_cache(path, options.segments)
        size = path.stat().st_size / 1e6
        print(f"{options.segments} segments, {size:.0f} MB, {os.cpu_count()} cores\n")
        raw, inside, mapped = (
            repeat(task, path, options.repeats) for task in ("raw", "in memory", "mapped")
        )
    print("| task | s | ratio to raw | memory, MB |\n|---|---|---|---|")
    rows = {
        "raw": (raw[0], raw[-1]),
        "open": (inside[0], inside[-1]),
        "epoch": (inside[1], inside[-1]),
        "open, mapped": (mapped[0], mapped[-1]),
        "epoch, mapped": (mapped[1], mapped[-1]),
    }
    for task, (seconds, peak) in rows.items():
        print(f"| {task} | {seconds:.3f} | {seconds / raw[0]:.1f} | {peak:.0f} |")
    return None


def repeat(task: str, path: Path, repeats: int) -> list[float]:
    """Return the medians of what `measure` prints."""
    command = [sys.executable, __file__, "--measure", task, str(path)]
    lines = [subprocess.check_output(command, text=True).split() for _ in range(repeats)]
    return [median(map(float, column)) for column in zip(*lines, strict=True)]


if __name__ == "__main__":
    main()
