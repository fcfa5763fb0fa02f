"""Compare a step of the model with momentum distillation with one of the proposed model."""

import argparse
import math
from typing import Any

import torch
from corpora import epoch_task, made_up_split, round_robin, trainer

from evenfuse.nn.text import Tokenizer

EPILOG = """
Made-up segments with CMU-MOSI's number of tokens (mean 15, at most 50), 74-wide audio and 35-wide
video with a row per token; batches of 32; BERT is fine-tuned. One process, epochs in turns, medians
after a turn to warm up, seconds of CPU time per step of the optimizer.

  gb            the proposed model, with A- and B-fusion
  student       momentum without a teacher
  shared        momentum whose teacher reads what the student's BERT gives
  own           momentum whose teacher has a BERT of its own

Example: python benchmarks/momentum.py --text-encoder FOLDER_OF_A_BERT
"""
MOMENTUM: dict[str, dict[str, Any]] = {
    "student": {"teacher": False},
    "shared": {"teacher_text": "shared"},
    "own": {"teacher_text": "own"},
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text-encoder", required=True, help="folder of a BERT")
    parser.add_argument("--segments", type=int, default=128, help="segments in an epoch (128)")
    parser.add_argument("--repeats", type=int, default=7, help="medians are over so many (7)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    split = made_up_split(options.segments)
    encoder = (options.text_encoder, Tokenizer(options.text_encoder))
    runs = {"gb": trainer(split, *encoder)}
    for name, settings in MOMENTUM.items():
        model = {"name": "momentum", **settings}
        runs[name] = trainer(split, *encoder, model=model, balancing={"name": "none"})
    found = round_robin({name: epoch_task(run) for name, run in runs.items()}, options.repeats)
    steps = math.ceil(options.segments / 32)
    print(f"{steps} steps of 32 segments, 1 thread, torch {torch.__version__}\n")
    print("| step | CPU s, median | lowest to highest | gb = 1 | parameters |")
    print("|---|---|---|---|---|")
    for name, times in found.items():
        median, low, high = (times[key] / steps for key in ("median", "low", "high"))
        ratio = times["median"] / found["gb"]["median"]
        size = sum(parameter.numel() for parameter in runs[name].state.model.parameters())
        print(f"| {name} | {median:.3f} | {low:.3f} to {high:.3f} | {ratio:.2f} | {size:,} |")


if __name__ == "__main__":
    main()
