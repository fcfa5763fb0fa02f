"""Measure how long a training run takes from its start to its first step."""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from corpora import round_robin, run_values

from evenfuse.settings.run import parse_run

EPILOG = """
Each measurement is a process of its own, from its start to its end, CPU seconds, in turns. The
corpus is the demo's, of its usual size.

  torch, transformers   python -c "import torch, transformers"; transformers imports lazily
  BertModel             python -c "import torch; from transformers import BertModel"
  run with text         evenfuse train until its first step is done: imports, cache, tokens, model
  run without text      the same for audio and video: no BERT is imported

Example: python benchmarks/start.py
"""
UNTIL_FIRST_STEP = """
import os, sys
from evenfuse.training.step import Step

whole = Step.__call__

def first(self, batches):
    whole(self, batches)
    os._exit(0)

Step.__call__ = first
from evenfuse.__main__ import cli

cli(sys.argv[1:])
"""
ROLES = ("words", "labels", "vectors", "audio", "video")


def cpu_seconds(code: str, *arguments: str) -> Callable[[], float]:
    """Return a task: run Python code in a process of its own; its CPU seconds."""

    def task() -> float:
        before = os.times()
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
        after = os.times()
        return sum(after[2:4]) - sum(before[2:4])

    return task


def evenfuse(*arguments: object) -> None:
    command = [sys.executable, "-m", "evenfuse", *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def training(folder: Path, modalities: list[str]) -> list[str]:
    """Return the arguments of a training command on the demo corpus in a folder."""
    encoder = str(folder / "encoder") if "text" in modalities else ""
    values = run_values(modalities, encoder)
    settings = parse_run(values, "run").model_dump_json(exclude={"seed"})
    caches = ["--train", str(folder / "train.h5"), "--valid", str(folder / "valid.h5")]
    places = ["--checkpoints", str(folder / "kept"), "--output", str(folder / "runs")]
    return ["train", "--settings", settings, "--seed", "1", *caches, *places]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=5, help="medians are over so many (5)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        evenfuse("generate", "--output", folder)
        sources = [f"{role}={folder / f'demo_{role}.csd'}" for role in ROLES]
        evenfuse("align", *sources, "--folds", folder / "demo_folds.json", "--output", folder)
        evenfuse("vocabulary", folder / "train.h5", "--output", folder / "encoder")
        text, features = ["text", "audio", "video"], ["audio", "video"]
        tasks = {
            "torch, transformers": cpu_seconds("import torch, transformers"),
            "BertModel": cpu_seconds("import torch; from transformers import BertModel"),
            "run with text": cpu_seconds(UNTIL_FIRST_STEP, *training(folder, text)),
            "run without text": cpu_seconds(UNTIL_FIRST_STEP, *training(folder, features)),
        }
        found = round_robin(tasks, options.repeats)
    bare, bert = found["torch, transformers"]["median"], found["BertModel"]["median"]
    print("| process | CPU s, median | times torch, transformers | times BertModel |")
    print("|---|---|---|---|")
    for task, times in found.items():
        median = times["median"]
        print(f"| {task} | {median:.2f} | {median / bare:.2f} | {median / bert:.2f} |")


if __name__ == "__main__":
    main()
