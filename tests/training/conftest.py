"""Small runs on audio and video of the generated corpus, ready to be trained."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from evenfuse.assembly.precision import has_low_lstms
from evenfuse.assembly.trainer import Data, prepare, read_data
from evenfuse.settings.run import RunSettings, parse_run
from evenfuse.training.checkpoint import Checkpoints
from evenfuse.training.loop import Observer, Trainer

CPU = torch.device("cpu")


def run_settings(seed: int = 1, **parts: Any) -> RunSettings:
    values = {
        "dataset": "demo",
        "optimizer_name": "adam",
        "variant": "gb",
        "seed": seed,
        "modalities": ["audio", "video"],
        "metrics": "sentiment",
        "text_encoder": "",
        "signed_log": [],
        "model": {"name": "awf", "hidden_size": 6, "post_dim": 6, "dropout": 0.3},
        "balancing": {"name": "b_fusion"},
        "optimizer": {"learning_rate": 5e-3},
        "training": {"epochs": 4, "batch_size": 16},
    }
    return parse_run({**values, **parts}, "run")


Make = Callable[..., Trainer]

needs_low_lstms = pytest.mark.skipif(
    not has_low_lstms(torch.device("cpu")), reason="this processor has no bfloat16 for LSTMs"
)


@pytest.fixture
def make(cache: Path) -> Make:
    """Return a function: seed, parts of the settings -> a trainer."""

    def made(seed: int = 1, **parts: Any) -> Trainer:
        run = run_settings(seed, **parts)
        return prepare(run, data_of(run, cache), CPU)

    return made


def data_of(run: RunSettings, cache: Path) -> Data:
    return read_data(run, cache / "train.h5", cache / "valid.h5", None)


def fit(
    trainer: Trainer, folder: Path, observers: Sequence[Observer] = ()
) -> list[dict[str, float]]:
    """Train to the end, with checkpoints in a folder; return the rows."""
    with Checkpoints(folder, {"settings": trainer.settings.model_dump()}) as kept:
        trainer.fit(kept, observers)
    return trainer.state.rows
