"""The history of a run, a row per epoch: epochs.parquet."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow
import pyarrow.parquet

from evenfuse.files import write_aside


def write_epochs(path: Path, rows: Iterable[Mapping[str, float]]) -> None:
    """Write the rows of all epochs."""
    table = pyarrow.Table.from_pylist(list(rows))  # pandas takes half a second to import
    with write_aside(path) as aside:
        pyarrow.parquet.write_table(table, aside)
