"""A table in a CSV file, as texts; errors name the line."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.datasets.limits import LARGEST_TABLE
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_readable

MOST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Table:
    """Column -> one cell per row, without blanks around it; `lines` of the file, per row."""

    path: Path
    columns: dict[str, list[str]]
    lines: list[int]

    def __len__(self) -> int:
        return len(self.lines)

    def __contains__(self, column: str) -> bool:
        return column in self.columns

    def check_columns(self, needed: Iterable[str]) -> None:
        """Raise EvenfuseError if one of these columns is missing."""
        for column in needed:
            if column not in self:
                found = ", ".join(map(printable, list(self.columns)[:20]))
                raise EvenfuseError(
                    f"{self.path} has no column '{column}'; it has {found} (commas separate them)"
                )

    def numbers(self, column: str, empty: float | None = None) -> NDArray[np.float64]:
        """Return the numbers (row,) of a column, with `empty` for a cell without text.

        Raises:
            EvenfuseError: if a cell is not a finite number, or is empty where this is not allowed.
        """
        numbers = np.empty(len(self))
        for row, cell in enumerate(self.columns[column]):
            number = empty if empty is not None and not cell else _number(cell)
            if number is None:
                shown = f"'{printable(cell)}'" if cell else "empty"
                raise self.wrong(row, f"'{column}' is {shown}, where a number should be")
            numbers[row] = number
        return numbers

    def wrong(self, row: int, what: str) -> EvenfuseError:
        """Return an error that says where."""
        return EvenfuseError(f"{self.path}, line {self.lines[row]}: {what}")


def read_table(path: Path) -> Table:
    """Read a table with a header; rows without any text are left out.

    Raises:
        EvenfuseError: if it is not a CSV file in UTF-8, or larger than `LARGEST_TABLE`, or if a row
            has more or fewer cells than the header.
    """
    rows = _rows(path)
    _, header = next(rows, (0, []))
    twice = [name for name, times in Counter(header).items() if name and times > 1]
    if not header or twice:
        what = f"has the column '{printable(twice[0])}' twice" if twice else "is empty"
        raise EvenfuseError(f"{path} {what}; its first line should name the columns")
    lines, cells = [], []
    for line, row in rows:
        if len(row) != len(header):
            raise EvenfuseError(
                f"{path}, line {line}: {len(row)} cells, but the header has {len(header)}; "
                "put texts with commas in quotes"
            )
        lines.append(line)
        cells.append(row)
    columns = zip(*cells, strict=True) if cells else ([] for _ in header)
    return Table(path, dict(zip(header, map(list, columns), strict=True)), lines)


def _text(path: Path) -> str:
    check_readable(path)
    if path.stat().st_size > LARGEST_TABLE:
        raise EvenfuseError(f"{path} is larger than {LARGEST_TABLE} bytes; split the corpus")
    content = path.read_bytes()
    try:
        if b"\0" not in content:
            return content.decode("utf-8-sig")
        bad = content.index(b"\0")
    except UnicodeDecodeError as error:
        bad = error.start
    line = content[:bad].count(b"\n") + 1
    raise EvenfuseError(f"{path}, line {line}: this is not text in UTF-8; save the table as such")


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where a row begins, and its cells."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = [cell.strip() for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            what = f"the cells that begin here cannot be told apart ({error}); check the quotes"
            raise EvenfuseError(f"{path}, line {line}: {what}") from None
        if any(cells):
            yield line, cells


def _number(cell: str) -> float | None:
    """Return a finite number that float32 can hold, or None."""
    try:
        number = float(cell)
    except ValueError:
        return None
    return number if "_" not in cell and abs(number) <= MOST else None


def printable(text: str) -> str:
    """Return a text as a message can show it: on one line, and not too long."""
    shown = text if len(text) <= 40 else f"{text[:40]}..."
    return shown if shown.isprintable() else ascii(shown)[1:-1]
