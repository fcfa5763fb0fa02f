"""The history of a run, a row per epoch: epochs.parquet."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evenfuse.parquet import write_parquet


def write_epochs(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    """Write the rows of all epochs, which have the same columns."""
    write_parquet(path, {name: np.array([row[name] for row in rows]) for name in rows[0]})
