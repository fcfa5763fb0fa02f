"""Files of predictions, of ours and of other software, read: Parquet, or CSV in UTF-8.

A row per segment and seed, with the columns that `Predictions.write` writes; others are ignored.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from textwrap import shorten
from typing import Any, NamedTuple

import numpy as np
import pyarrow
import pyarrow.csv
import pyarrow.parquet
from numpy.typing import NDArray

from evenfuse.checksums import read_sealed
from evenfuse.damage import DamagedError
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.predictions import Predictions, other_truths, prediction_of, suffixes

PARQUET = b"PAR1"  # what such a file begins with
LARGEST = 1e100  # the squares of larger numbers overflow


class _Cell(NamedTuple):
    """What a column holds: in words, and as a function that returns None for anything else."""

    wanted: str
    read: Callable[[Any], Any]


def read_predictions(path: Path, columns: Sequence[str], network: str = "") -> Predictions:
    """Read predictions of `columns`, those of a family of metrics; segments and seeds are sorted.

    `network` is another of the model's networks than the one that counts, by its name.

    Raises:
        DamagedError: if it is no table, or not the one that was written.
        EvenfuseError: if the file cannot be read, a column or a number is missing, a number is
            text, NaN or infinite, or the seeds differ in their segments or truths.
    """
    table = _table(path)
    ids, seeds = _values(path, table, "id", ID), _values(path, table, "seed", SEED)
    truth, predicted = (
        np.array([_values(path, table, f"{kind}{end}", NUMBER) for end in suffixes(columns)]).T
        for kind in ("truth", prediction_of(network))
    )
    rows = _rows(path, ids, seeds)
    read = Predictions(
        ids=sorted(set(ids)),
        columns=tuple(columns),
        seeds=sorted(set(seeds)),
        truth=truth[rows[0]],
        predicted=predicted[rows],
    )
    _check_truths(path, read, truth[rows])
    return read


def _table(path: Path) -> pyarrow.Table:
    content = _content(path)
    try:
        if content.startswith(PARQUET):
            return pyarrow.parquet.read_table(pyarrow.BufferReader(content), use_threads=False)
        return _csv(path, content)
    except (pyarrow.ArrowException, OSError) as error:
        raise DamagedError(shorten(str(error), 200)) from None


def _content(path: Path) -> bytes:
    try:
        content = read_sealed(path)
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except IsADirectoryError:
        raise EvenfuseError(f"{path} is a folder; name a file of predictions") from None
    except OSError as error:
        raise EvenfuseError(f"{path} cannot be read ({error.strerror})") from None
    if not content.strip():
        raise EvenfuseError(f"{path} is empty")
    return content


def _csv(path: Path, content: bytes) -> pyarrow.Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise EvenfuseError(f"{path} is neither Parquet nor text in UTF-8; save it as one of them")
    return pyarrow.csv.read_csv(
        pyarrow.BufferReader(text.encode()),
        pyarrow.csv.ReadOptions(use_threads=False),
        pyarrow.csv.ParseOptions(newlines_in_values=True),
        # an id such as 007 is no number
        pyarrow.csv.ConvertOptions(column_types={"id": pyarrow.string()}),
    )


def _values(path: Path, table: pyarrow.Table, name: str, cell: _Cell) -> list[Any]:
    found = table.column_names.count(name)
    if found != 1:
        which = "no column" if found == 0 else "more than one column"
        listed = shorten(", ".join(table.column_names), 200)
        raise EvenfuseError(f"{path} has {which} '{name}'; its columns are: {listed}")
    if not table.num_rows:
        raise EvenfuseError(f"{path} has no rows; give one per segment and seed")
    cells = table[name].to_pylist()
    values = [cell.read(each) for each in cells]
    if None in values:
        row = values.index(None)
        held = "nothing" if cells[row] in (None, "") else f"'{shorten(str(cells[row]), 50)}'"
        raise EvenfuseError(
            f"{path} holds {held} as '{name}' in row {row + 1} of its data; give {cell.wanted}"
        )
    return values


def _id(cell: Any) -> str | None:
    return str(cell) if isinstance(cell, str | int) and cell != "" else None


def _number(cell: Any) -> float | None:
    try:
        number = float(cell)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < LARGEST else None  # nor is NaN


def _seed(cell: Any) -> int | None:
    number = _number(cell)
    return int(number) if number is not None and number.is_integer() else None


ID = _Cell("text or a whole number", _id)
NUMBER = _Cell(f"a number below {LARGEST:g}", _number)
SEED = _Cell("a whole number", _seed)


def _rows(path: Path, ids: list[str], seeds: list[int]) -> NDArray[np.intp]:
    """Return the row of every seed and segment, (seed, segment), both sorted."""
    order = sorted(range(len(ids)), key=lambda row: (seeds[row], ids[row]))
    for row, following in pairwise(order):
        if (seeds[row], ids[row]) == (seeds[following], ids[following]):
            raise EvenfuseError(f"{path} has segment '{ids[row]}' twice for seed {seeds[row]}")
    every, own = set(ids), dict[int, set[str]]()
    for row in order:
        own.setdefault(seeds[row], set()).add(ids[row])
    for seed, segments in own.items():
        for segment in sorted(every - segments)[:1]:
            raise EvenfuseError(
                f"{path} has no prediction of segment '{segment}' for seed {seed}; "
                "every seed needs the same segments"
            )
    return np.array(order).reshape(len(own), -1)


def _check_truths(path: Path, read: Predictions, of_seeds: NDArray[np.float64]) -> None:
    for seed, truth in zip(read.seeds, of_seeds, strict=True):
        for place in other_truths(read.truth, truth)[:1]:
            raise EvenfuseError(
                f"{path} has another truth of segment '{read.ids[place]}' for seed {seed} than for "
                f"seed {read.seeds[0]}"
            )
