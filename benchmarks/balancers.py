"""Compare a training step with each balancer with one that has none."""

import argparse
import time
from collections.abc import Callable
from typing import Any

import torch
from corpora import made_up_split, round_robin, trainer

from evenfuse.nn.text import Tokenizer
from evenfuse.training.loop import Trainer

EPILOG = """
The proposed model with a BERT, on made-up segments with CMU-MOSI's number of tokens (mean 15, at
most 50), 74-wide audio and 35-wide video with a row per token. One process, the balancers in turns,
all on the same batches of 32, medians after a turn to warm up, seconds of CPU time per step. What a
balancer does after an epoch is not in it.

Example: python benchmarks/balancers.py --text-encoder FOLDER_OF_A_BERT
"""
BALANCERS: dict[str, dict[str, Any]] = {
    "none": {"name": "none"},
    "b_fusion": {"name": "b_fusion"},
    "ogm": {"name": "ogm"},
    "ogm, with noise": {"name": "ogm", "noise": True},
    "ags": {"name": "ags"},
    "ags, norms of encoders": {"name": "ags", "norms": "encoder"},
    "agm": {"name": "agm"},
    "unimodal": {"name": "unimodal"},
    "grad_norm": {"name": "grad_norm"},
    "gradient_blending": {"name": "gradient_blending", "holdout": 0.1},
    "mm_pareto": {"name": "mm_pareto"},
    "mm_pareto, by parameters": {"name": "mm_pareto", "level": "parameters"},
}


def step_task(run: Trainer, steps: int) -> Callable[[], float]:
    """Return a task: train some steps; CPU seconds of one."""
    batches = [run.train.batch(index) for index in torch.arange(32 * steps).split(32)]

    def task() -> float:
        run.state.model.train()
        begun = time.process_time()
        for batch in batches:
            run.step([batch])
        return (time.process_time() - begun) / steps

    return task


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EPILOG, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text-encoder", required=True, help="folder of a BERT")
    parser.add_argument("--steps", type=int, default=4, help="in a turn (4)")
    parser.add_argument("--repeats", type=int, default=7, help="medians are over so many (7)")
    options = parser.parse_args()
    torch.set_num_threads(1)
    split = made_up_split(32 * options.steps)
    encoder = (options.text_encoder, Tokenizer(options.text_encoder))
    tasks = {
        name: step_task(trainer(split, *encoder, balancing=balancing), options.steps)
        for name, balancing in BALANCERS.items()
    }
    found = round_robin(tasks, options.repeats)
    print("| balancer | CPU s per step, median | lowest to highest | none = 1 |\n|---|---|---|---|")
    for name, times in found.items():
        ratio = times["median"] / found["none"]["median"]
        span = f"{times['low']:.2f} to {times['high']:.2f}"
        print(f"| {name} | {times['median']:.3f} | {span} | {ratio:.2f} |", flush=True)


if __name__ == "__main__":
    main()
