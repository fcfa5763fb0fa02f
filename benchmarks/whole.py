"""Compare the whole demo study with the bare computing that is in it."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import torch

from evenfuse.assembly.saved import load_model
from evenfuse.batching.corpus import Corpus
from evenfuse.cache.reading import read_cache
from evenfuse.nn.predict import predict
from evenfuse.records.timings import Timing

EPILOG = """
Copies the project to a temporary folder, runs `snakemake --cores N all` there, and measures the
wall clock and the CPU time. Bare computing is the seconds of all training epochs, as the runs
logged them, and of predicting the validation split after every epoch and the test split once,
measured here with every model; it is shared by N cores. The epochs that a table of seconds times
are computing as well, but not shared, since timing has the machine to itself: they have a line and
a ratio of their own. What is above: Snakemake, imports, data, checkpoints, statistics, tables,
figures.

Example: python benchmarks/whole.py --cores 2
"""
ROOT = Path(__file__).parents[1]
PARTS = ("Snakefile", "workflow", "config", "profiles", "envs", "src")


def run_study(folder: Path, cores: int) -> tuple[float, float]:
    """Return the seconds that the whole study takes, by the clock and of CPU time."""
    for part in PARTS:
        copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        copy(ROOT / part, folder / part)
    command = [str(Path(sys.executable).with_name("snakemake")), "--cores", str(cores), "all"]
    begun, before = time.perf_counter(), os.times()
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    ended, after = time.perf_counter(), os.times()
    return ended - begun, sum(after[2:4]) - sum(before[2:4])


def predicting(model_folder: Path, cache: Path) -> float:
    """Return the seconds in which a model predicts a split."""
    model, settings, tokenizer = load_model(model_folder)
    segments = read_cache(cache, settings.modalities)
    corpus = Corpus.from_segments(segments, settings.modalities, tokenizer)
    begun = time.perf_counter()
    predict(model, corpus, torch.device("cpu"))
    return time.perf_counter() - begun


def bare_seconds(folder: Path) -> dict[str, float]:
    """Return the seconds of bare computing, in all runs together."""
    found = {"training": 0.0, "validation": 0.0, "test": 0.0}
    for path in sorted((folder / "results/runs").rglob("epochs.parquet")):
        rows, model = pd.read_parquet(path), path.with_name("model")
        found["training"] += rows["seconds"].sum()
        found["validation"] += len(rows) * predicting(model, folder / "data/cache/demo/valid.h5")
        found["test"] += predicting(model, folder / "data/cache/demo/test.h5")
    return found


def timed_seconds(folder: Path) -> float:
    """Return the seconds of all epochs that tables of seconds timed."""
    timings = map(Timing.read, (folder / "results/seconds").rglob("*.json"))
    return sum(sum(model.seconds) for timing in timings for model in timing.models)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cores", type=int, default=2, help="of the study (2)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, used = run_study(folder, options.cores)
        bare, timed = bare_seconds(folder), timed_seconds(folder)
    shared = sum(bare.values()) / options.cores
    print(f"the whole study: {whole:.0f} s on {options.cores} cores, {used:.0f} s of CPU time")
    for part, seconds in bare.items():
        print(f"{part}: {seconds:.0f} s")
    print(f"bare computing, shared by the cores: {shared:.0f} s")
    print(f"timed epochs: {timed:.0f} s")
    print(f"ratio: {whole / shared:.2f}; with timed epochs: {whole / (shared + timed):.2f}")
    print(f"ratio of CPU time: {used / (sum(bare.values()) + timed):.2f}")


if __name__ == "__main__":
    main()
