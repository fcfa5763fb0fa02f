"""Everything that is random, and on which device and how many threads a run computes."""

import random

import numpy as np
import torch


def seed_everything(seed: int) -> None:
    """Seed Python, numpy and torch; torch takes deterministic algorithms where it has them."""
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True, warn_only=True)


def device_for_run(threads: int) -> torch.device:
    """Return the GPU if there is one, else the CPU with that many threads."""
    torch.set_num_threads(threads)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
