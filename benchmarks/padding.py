"""Measure what length-bucketed batches save on a real corpus, and whether they cost any score."""

import time
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import patch

import torch
from corpora import CPU, Real, print_scores, real_options, round_robin
from torch import Generator, Tensor

from evenfuse.batching.corpus import Batch
from evenfuse.batching.order import shuffled_batches
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
    return replace(batch, sequences={"text": torch.cat([tokens, more], dim=1)})


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


def main() -> None:
    options = real_options(__doc__ or "", EPILOG)
    torch.set_num_threads(1)
    real = Real(options.cache, options.text_encoder, ["text"])
    train = real.train

    def make(seed: int) -> Trainer:
        return real.run(seed, options.scores)

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
    for name, order in (("bucketed", shuffled_batches), ("shuffled", plainly_shuffled)):
        if options.scores:
            with patch("evenfuse.training.loop.shuffled_batches", order):
                print_scores(f"{name}, {options.scores} epochs", make)


if __name__ == "__main__":
    main()
