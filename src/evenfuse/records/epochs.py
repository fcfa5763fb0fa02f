"""The history of a run, a row per epoch: epochs.parquet."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow

from evenfuse.parquet import write_parquet


def write_epochs(path: Path, rows: Iterable[Mapping[str, float]]) -> None:
    """Write the rows of all epochs."""
    # not from pandas, which takes half a second to import
    write_parquet(path, pyarrow.Table.from_pylist(list(rows)))
