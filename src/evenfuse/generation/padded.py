"""What generated pickles share: padded sequences with a planted mean, and how they are written."""

import pickle
from collections.abc import Callable, Mapping
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

    A length may be 0, or beyond the time of `shape`. Over the real rows of segment i, the mean of
    column k is `means[i, k]`. Every other column has a random mean per segment, so a model must
    learn which columns count.
    """
    steps, width = shape
    values = rng.normal(size=(len(means), steps, width)).astype(np.float32)
    inside = np.arange(steps) < lengths[:, None]
    values[~inside] = 0.0
    planted = values[:, :, : means.shape[1]]
    # little noise in the planted columns, so that a small model finds them in a few epochs
    planted *= 0.2
    planted -= ((planted.sum(axis=1) / lengths.clip(1, steps)[:, None]) - means)[:, None, :]
    values += rng.normal(0, 0.3, (len(means), 1, width)) * (np.arange(width) >= means.shape[1])
    values[~inside] = 0.0
    return values


def split_sizes(size: int, real: Mapping[str, int]) -> dict[str, int]:
    """Divide `size` segments in the proportions of the real splits, with at least one in each."""
    edges = np.round(np.cumsum([0, *real.values()]) / sum(real.values()) * size).astype(int)
    return {split: max(int(n), 1) for split, n in zip(real, np.diff(edges), strict=True)}


def write_pickle(path: Path, content: Mapping[str, Any]) -> None:
    """Write a pickle that is marked as generated, as numpy 1 wrote the real ones."""
    with write_aside(path) as aside, aside.open("wb") as file:
        _Numpy1Pickler(file, protocol=3).dump({**content, "generated": True})


# the pickler written in Python, because that in C has no hook for the name of a function
class _Numpy1Pickler(pickle._Pickler):
    write: Callable[[bytes], object]
    memoize: Callable[[Any], None]

    def save_global(self, obj: Any, name: str | None = None) -> None:
        if obj.__module__ == "numpy._core.multiarray":
            self.write(f"cnumpy.core.multiarray\n{obj.__name__}\n".encode())
            self.memoize(obj)
        else:
            super().save_global(obj, name)  # type: ignore[misc]
