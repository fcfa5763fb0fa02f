"""What several benchmarks need: a made-up split of CMU-MOSI's lengths, runs on it, medians."""

import statistics
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from evenfuse.assembly.trainer import Data, prepare
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.ragged import RaggedTensor
from evenfuse.nn.text import Tokenizer
from evenfuse.settings.run import parse_run
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


def trainer(split: Corpus, text_encoder: str, tokenizer: Tokenizer, **parts: Any) -> Trainer:
    """Return a run on a split, ready to be trained; `parts` go over a run of the proposed model."""
    values = {
        "dataset": "made-up",
        "optimizer_name": "adam",
        "variant": "gb",
        "seed": 1,
        "modalities": list(split.sequences),
        "metrics": "sentiment",
        "text_encoder": text_encoder,
        "signed_log": [],
        "model": {"name": "awf", "hidden_size": 128, "post_dim": 128, "text_pooling": "mean"},
        "balancing": {"name": "b_fusion"},
        "optimizer": {},
        "training": {"batch_size": 32},
    }
    run = parse_run({**values, **parts}, "run")
    return prepare(run, Data(split, split, text_encoder, tokenizer), CPU)


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
