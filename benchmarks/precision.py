"""Measure what training steps in bfloat16 save on a CPU that has it, and what they change."""

import argparse
from pathlib import Path

import torch
from corpora import Real, epoch_task, print_scores, round_robin

EPILOG = """
Epochs of the proposed model on a cache with text and audio, in turns, seconds of CPU time.
Validation is in float32 either way. With --scores it also trains to the end in each precision, and
prints the validation scores per seed. Example:

  python benchmarks/precision.py --cache data/cache/mosi --text-encoder FOLDER_OF_A_BERT --scores 3
"""
PRECISIONS = ("float32", "bfloat16")


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
    real = Real(options.cache, options.text_encoder, ["text", "audio"])
    tasks = {name: epoch_task(real.run(1, 1, precision=name)) for name in PRECISIONS}
    found = round_robin(tasks, options.repeats)
    print("| precision | CPU s per epoch, median | float32 = 1 |\n|---|---|---|")
    for name, times in found.items():
        ratio = times["median"] / found["float32"]["median"]
        print(f"| {name} | {times['median']:.2f} | {ratio:.2f} |", flush=True)
    for name in PRECISIONS:
        if options.scores:
            make = lambda seed, name=name: real.run(seed, options.scores, precision=name)  # noqa: E731
            print_scores(f"{name}, {options.scores} epochs", make)


if __name__ == "__main__":
    main()
