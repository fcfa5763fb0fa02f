"""Columns as a table in CSV, Parquet or JSON, by the ending of the file's name."""

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError
from evenfuse.files import write_aside, write_json
from evenfuse.parquet import write_parquet

Columns = Mapping[str, Sequence[str] | NDArray[Any]]


def write_columns(path: Path, columns: Columns) -> None:
    """Write columns of one length, whole or not at all; raise as `writer_of` and `write_aside`."""
    writer_of(path)(path, columns)


def writer_of(path: Path) -> Callable[[Path, Columns], None]:
    """Return what writes a file of that name, or raise EvenfuseError with the endings there are."""
    if path.suffix not in _WRITERS:
        raise EvenfuseError(f"the name {path.name} should end in one of {', '.join(_WRITERS)}")
    return _WRITERS[path.suffix]


def _csv(path: Path, columns: Columns) -> None:
    with write_aside(path) as aside, aside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))


def _json(path: Path, columns: Columns) -> None:
    values = [np.asarray(each).tolist() for each in columns.values()]
    write_json(path, [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)])


_WRITERS = {".csv": _csv, ".parquet": write_parquet, ".json": _json}
