"""What several benchmarks need: a made-up split, a real one, runs on them, medians."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch

from evenfuse.assembly.trainer import Data, prepare
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.ragged import RaggedTensor
from evenfuse.cache.reading import read_cache
from evenfuse.nn.text import Tokenizer
from evenfuse.settings.run import parse_run
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.loop import Trainer

WIDTHS = {"audio": 74, "video": 35}
CPU = torch.device("cpu")


def made_up_split(segments: int, vocabulary: int = 30_000) -> Corpus:
    """Return segments with as many tokens as CMU-MOSI's (mean 15, at most 50), a row per token."""
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(2.45, 0.65, segments).round(), 3, 50).astype(int)
    offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(lengths)]))
    rows = int(offsets[-1])
    tokens = torch.from_numpy(rng.integers(1000, vocabulary, rows))
    sequences = {"text": RaggedTensor(tokens, offsets)}
    for name, width in WIDTHS.items():
        sequences[name] = RaggedTensor(torch.randn(rows, width), offsets)
    ids = [f"v[{i}]" for i in range(segments)]
    return Corpus(ids, sequences, torch.randn(segments, 1))


def run_values(modalities: list[str], text_encoder: str) -> dict[str, Any]:
    """Return the settings of a run of the proposed model."""
    return {
        "dataset": "made-up",
        "optimizer_name": "adam",
        "variant": "gb",
        "seed": 1,
        "modalities": modalities,
        "metrics": "sentiment",
        "text_encoder": text_encoder,
        "signed_log": [],
        "model": {"name": "awf", "hidden_size": 128, "post_dim": 128, "text_pooling": "mean"},
        "balancing": {"name": "b_fusion"},
        "optimizer": {},
        "training": {"batch_size": 32},
    }


def trainer(split: Corpus, text_encoder: str, tokenizer: Tokenizer, **parts: Any) -> Trainer:
    """Return a run on a split, ready to be trained; `parts` go over its settings."""
    values = run_values(list(split.sequences), text_encoder)
    run = parse_run({**values, **parts}, "run")
    return prepare(run, Data(split, split, text_encoder, tokenizer), CPU)


def epoch_task(run: Trainer) -> Callable[[], float]:
    """Return a task: train an epoch; its CPU seconds."""

    def task() -> float:
        begun = time.process_time()
        run.train_epoch(1)
        return time.process_time() - begun

    return task


def round_robin(
    tasks: Mapping[str, Callable[[], float]], repeats: int
) -> dict[str, dict[str, float]]:
    """Run the tasks in turns, once to warm up and then `repeats` times; return what they measure.

    Gives, per task, the median and the smallest and largest value.
    """
    measured: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for name, task in tasks.items():
            value = task()
            if turn:
                measured[name].append(value)
    return {
        name: {"median": statistics.median(values), "low": min(values), "high": max(values)}
        for name, values in measured.items()
    }


class Real:
    """The training and validation split of a cache, and runs on them."""

    def __init__(self, cache: Path, text_encoder: str, modalities: list[str]):
        self.text_encoder, self.tokenizer = text_encoder, Tokenizer(text_encoder)
        self.train, self.valid = (
            Corpus.from_segments(
                read_cache(cache / f"{split}.h5", modalities), modalities, self.tokenizer
            )
            for split in ("train", "valid")
        )

    def run(self, seed: int, epochs: int, **training: Any) -> Trainer:
        """Return a run of so many epochs, ready to be trained."""
        values = {"batch_size": 32, "epochs": max(epochs, 1), **training}
        run = trainer(self.train, self.text_encoder, self.tokenizer, seed=seed, training=values)
        run.valid = self.valid
        return run


def real_options(description: str, epilog: str) -> argparse.Namespace:
    """Read the command line of a benchmark on a real cache."""
    parser = argparse.ArgumentParser(
        description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder of train.h5, valid.h5")
    parser.add_argument("--text-encoder", required=True, help="folder of a BERT")
    parser.add_argument("--repeats", type=int, default=5, help="medians are over so many (5)")
    parser.add_argument("--scores", type=int, default=0, help="epochs to train for scores (0)")
    return parser.parse_args()


def print_scores(title: str, make: Callable[[int], Trainer]) -> None:
    """Train with three seeds; print the best validation scores, their mean and deviation."""
    print(f"\n{title}")
    scores = []
    for seed in (1, 2, 3):
        run = make(seed)
        with tempfile.TemporaryDirectory() as folder, Checkpoints(Path(folder), {}) as kept:
            run.fit(kept, [])
        best = run.state.rows[run.state.selection.epoch - 1]
        scores.append((best["valid_mae"], best["valid_corr"]))
        print(f"  seed {seed}: mae {scores[-1][0]:.4f}, corr {scores[-1][1]:.4f}", flush=True)
    for name, values in zip(("mae", "corr"), zip(*scores, strict=True), strict=True):
        print(f"  {name}: {statistics.mean(values):.4f} +- {statistics.stdev(values):.4f}")
