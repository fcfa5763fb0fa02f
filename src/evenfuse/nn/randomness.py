"""Drawing the same random numbers once more, so that dropout drops the same."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

RandomState = tuple[torch.device, Tensor, Tensor | None]


def random_state(device: torch.device) -> RandomState:
    """Return the states of the generators that draw numbers on a device."""
    on_gpu = torch.cuda.get_rng_state(device) if device.type == "cuda" else None
    return device, torch.get_rng_state(), on_gpu


@contextmanager
def same_random(state: RandomState) -> Iterator[None]:
    """Draw what was drawn after `state`; afterwards the generators go on as if nothing was."""
    device, on_cpu, on_gpu = state
    with torch.random.fork_rng([device] if on_gpu is not None else []):
        torch.set_rng_state(on_cpu)
        if on_gpu is not None:
            torch.cuda.set_rng_state(on_gpu, device)
        yield
