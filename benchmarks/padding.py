"""Measure what length-bucketed batches save on a real corpus, and whether they cost any score."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import torch
from corpora import CPU, round_robin, trainer
from torch import Generator, Tensor

from evenfuse.batching.corpus import Batch, corpus_from
from evenfuse.batching.order import shuffled_batches
from evenfuse.nn.text import Tokenizer
from evenfuse.storage.cache import read_cache
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.loop import Trainer

EPILOG = """
Training epochs on the text of a cache (train.h5 and valid.h5 in a folder), in turns, CPU seconds:

  bucketed        batches of segments of similar length, padded to their own longest
  shuffled        batches in random order, padded to their own longest
  corpus maximum  batches in random order, padded to the longest of the whole split

With --scores it also trains to the end with each order, and prints the validation scores per seed.
Example: python benchmarks/padding.py --cache data/cache/mosi --text-encoder FOLDER_OF_A_BERT
"""
Order = Callable[[Tensor, int, Generator], list[Tensor]]


def plainly_shuffled(lengths: Tensor, batch_size: int, generator: Generator) -> list[Tensor]:
    return list(torch.randperm(len(lengths), generator=generator).split(batch_size))


def padded_to(batch: Batch, longest: int) -> Batch:
    tokens = batch.sequences["text"]
    more = tokens.new_zeros(len(tokens), longest - tokens.shape[1])
    return Batch({"text": torch.cat([tokens, more], dim=1)}, batch.lengths, batch.labels)


def epoch(run: Trainer, order: Order, longest: int = 0) -> float:
    """Return the CPU seconds of the steps of one epoch."""
    numbers = order(run.train.lengths(), run.settings.training.batch_size, run.state.order)
    batches = list(run.train.batches(numbers, CPU))
    if longest:
        batches = [padded_to(batch, longest) for batch in batches]
    run.state.model.train()
    begun = time.process_time()
    for batch in batches:
        run.step([batch])
    return time.process_time() - begun


def score(make: Callable[[int], Trainer], order: Order, seeds: list[int]) -> None:
    """Train with each seed; print the best validation scores, their mean and deviation."""
    scores = []
    for seed in seeds:
        with (
            tempfile.TemporaryDirectory() as folder,
            Checkpoints(Path(folder), {}) as kept,
            patch("evenfuse.training.loop.shuffled_batches", order),
        ):
            run = make(seed)
            run.fit(kept, [])
        best = run.state.rows[run.state.selection.epoch - 1]
        scores.append((best["valid_mae"], best["valid_corr"]))
        print(f"  seed {seed}: mae {scores[-1][0]:.4f}, corr {scores[-1][1]:.4f}", flush=True)
    for name, values in zip(("mae", "corr"), zip(*scores, strict=True), strict=True):
        print(f"  {name}: {statistics.mean(values):.4f} +- {statistics.stdev(values):.4f}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cache", type=Path, required=True, help="folder of train.h5, valid.h5")
    parser.add_argument("--text-encoder", required=True, help="folder of a BERT")
    parser.add_argument("--repeats", type=int, default=5, help="medians are over so many (5)")
    parser.add_argument("--scores", type=int, default=0, help="epochs to train for scores (0)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer(options.text_encoder)
    train, valid = (
        corpus_from(read_cache(options.cache / f"{split}.h5", ["text"]), ["text"], tokenizer, 1)
        for split in ("train", "valid")
    )

    def make(seed: int) -> Trainer:
        training = {"batch_size": 32, "epochs": max(options.scores, 1)}
        run = trainer(train, options.text_encoder, tokenizer, seed=seed, training=training)
        run.valid = valid
        return run

    lengths = train.lengths()
    longest = int(lengths.max())
    print(f"{len(train)} segments, {lengths.float().mean():.1f} tokens, at most {longest}\n")
    run = make(1)
    tasks = {
        "bucketed": lambda: epoch(run, shuffled_batches),
        "shuffled": lambda: epoch(run, plainly_shuffled),
        "corpus maximum": lambda: epoch(run, plainly_shuffled, longest),
    }
    found = round_robin(tasks, options.repeats)
    print("| batches | CPU s, median | times bucketed |\n|---|---|---|")
    for name, times in found.items():
        ratio = times["median"] / found["bucketed"]["median"]
        print(f"| {name} | {times['median']:.2f} | {ratio:.2f} |", flush=True)
    if options.scores:
        for name, order in (("bucketed", shuffled_batches), ("shuffled", plainly_shuffled)):
            print(f"\n{name}, {options.scores} epochs")
            score(make, order, [1, 2, 3])


if __name__ == "__main__":
    main()
