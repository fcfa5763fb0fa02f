"""The order in which the segments of a split are computed."""

import torch
from torch import Generator, Tensor

POOL = 16  # batches whose segments are sorted by length together


def shuffled_batches(lengths: Tensor, batch_size: int, generator: Generator) -> list[Tensor]:
    """Return the batches of an epoch as segment numbers, each of segments of similar length.

    The segments are shuffled, cut into pools of `POOL` batches, sorted by length within each pool
    and cut into batches, whose order is shuffled again. This needs little padding, and still puts
    other segments together in every epoch.
    """
    shuffled = torch.randperm(len(lengths), generator=generator)
    pools = shuffled.split(POOL * batch_size)
    by_length = torch.cat([pool[lengths[pool].argsort(stable=True)] for pool in pools])
    batches = by_length.split(batch_size)
    order = torch.randperm(len(batches), generator=generator)
    return [batches[i] for i in order.tolist()]


def sorted_batches(lengths: Tensor, batch_size: int) -> list[Tensor]:
    """Return batches for prediction: all segments, sorted by length."""
    return list(lengths.argsort(stable=True).split(batch_size))


def held_out(segments: int, share: float, seed: int) -> Tensor:
    """Return the sorted numbers of a random share of the segments; it depends on the seed alone."""
    generator = Generator().manual_seed(seed)
    return torch.randperm(segments, generator=generator)[: round(share * segments)].sort().values
