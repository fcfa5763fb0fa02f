"""What generated pickles share: padded sequences with a planted mean, and how they are written."""

import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.files import write_aside

Rng = np.random.Generator
Floats = NDArray[np.float64]


def planted_sequences(
    means: Floats, lengths: NDArray[np.int64], shape: tuple[int, int], rng: Rng
) -> NDArray[np.float32]:
    """Return noise (segment, time, feature), zero beyond the length of each segment.

    Over the real rows of segment i, the mean of column k is `means[i, k]`. Every other column has a
    random mean per segment, so a model must learn which columns count.
    """
    steps, width = shape
    values = rng.normal(size=(len(means), steps, width)).astype(np.float32)
    inside = np.arange(steps) < lengths[:, None]
    values[~inside] = 0.0
    planted = values[:, :, : means.shape[1]]
    # little noise in the planted columns, so that a small model finds them in a few epochs
    planted *= 0.2
    planted -= ((planted.sum(axis=1) / lengths[:, None]) - means)[:, None, :]
    values += rng.normal(0, 0.3, (len(means), 1, width)) * (np.arange(width) >= means.shape[1])
    values[~inside] = 0.0
    return values


def split_sizes(size: int, real: Mapping[str, int]) -> dict[str, int]:
    """Divide `size` segments in the proportions of the real splits, with at least one in each."""
    edges = np.round(np.cumsum([0, *real.values()]) / sum(real.values()) * size).astype(int)
    return {split: max(int(n), 1) for split, n in zip(real, np.diff(edges), strict=True)}


def write_pickle(path: Path, content: Mapping[str, Any]) -> None:
    """Write a pickle that is marked as generated."""
    with write_aside(path) as aside, aside.open("wb") as file:
        pickle.dump({**content, "generated": True}, file, protocol=4)
