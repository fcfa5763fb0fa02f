"""Everything that is random in a run, and its states."""

import os
import random
from typing import Any

import numpy as np
import torch
from torch import Tensor

CUBLAS = ("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS repeats itself exactly only with this


def seed_everything(seed: int) -> None:
    """Seed Python, numpy and torch; torch takes deterministic algorithms where it has them."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    os.environ.setdefault(*CUBLAS)
    torch.use_deterministic_algorithms(True, warn_only=True)


def random_tensors() -> dict[str, Tensor]:
    """Return the states of torch's generators: of the CPU, and of the GPU that computes."""
    gpu = {"gpu": torch.cuda.get_rng_state()} if torch.cuda.is_initialized() else {}
    return {"cpu": torch.get_rng_state(), **gpu}


def random_values() -> dict[str, Any]:
    """Return the states of Python's and numpy's generators, as JSON can hold them."""
    kind, keys, *rest = np.random.get_state()
    return {"python": random.getstate(), "numpy": [kind, np.asarray(keys).tolist(), *rest]}


def restore_random(tensors: dict[str, Tensor], values: dict[str, Any]) -> None:
    """Put all generators back into the states that the two functions above gave.

    A run may go on with another GPU, or with none.
    """
    torch.set_rng_state(tensors["cpu"])
    if "gpu" in tensors:
        torch.cuda.set_rng_state(tensors["gpu"])
    version, keys, gauss = values["python"]
    random.setstate((version, tuple(keys), gauss))
    np.random.set_state(tuple(values["numpy"]))
