"""Measure what training steps in bfloat16 save on a CPU that has it, and what they change."""

import torch
from corpora import Real, epoch_task, print_scores, real_options, round_robin

EPILOG = """
Epochs of the proposed model on a cache with text and audio, in turns, seconds of CPU time.
Validation is in float32 either way. With --scores it also trains to the end in each precision, and
prints the validation scores per seed. Example:

  python benchmarks/precision.py --cache data/cache/mosi --text-encoder FOLDER_OF_A_BERT --scores 3
"""
PRECISIONS = ("float32", "bfloat16")


def main() -> None:
    options = real_options(__doc__ or "", EPILOG)
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
