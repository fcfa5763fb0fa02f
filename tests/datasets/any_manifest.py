"""Manifests of every form: good cells and bad, in every encoding, with quotes that never close."""

from dataclasses import dataclass

from hypothesis import strategies as st

from tests.datasets import any_npy

GOOD = {"text": "so good", "label": "1.5", "label_text": "0.5", "video": "v", "start": "0"}
COLUMNS = ("id", "split", "text", "label", "label_text", "video", "start", "end")
SPLITS = ("train", "valid", "test", "train")
CELLS = [
    *("", " ", "nan", "inf", "-1e999", "4", "1_0", "1,5", "true", "0x1", "1j", "\u0661", "-0"),
    *("../a", "/etc/passwd", "a/b", ".", "..", "a\\b", "C:\\a", "x" * 300, "x" * 140_000),
    *("\x1b[31m", "a\nb", "a\rb", '"', "'", "=1+1", "<b>", "\u202e", "\ufeff", "\ud7ff", "😀"),
    *("Train", "dev", "s0", "s1", "v", "/root/data/v", "-5", "1e12", "2"),
]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1"]
ENDS = [b"", b"\n", b'"', b"\0", b"\xff", b",,,,,,,\n", b"\x1a"]


@dataclass(frozen=True)
class Corpus:
    """The bytes of a table, and of the .npy file of every id."""

    table: bytes
    arrays: dict[str, bytes]


@st.composite
def corpora(draw: st.DrawFn) -> Corpus:
    """Corpora of four segments, with a few mistakes each."""
    rows = [list(COLUMNS), *(_row(number, split) for number, split in enumerate(SPLITS))]
    for mistake in draw(st.lists(st.sampled_from(MISTAKES), max_size=2)):
        if rows:
            mistake(draw, rows)
    names = [f"s{number}" for number in range(len(SPLITS))]
    arrays = {name: any_npy.saved(draw(any_npy.numbers())) for name in names}
    if draw(st.integers(0, 2)) == 0:
        arrays[names[1]] = draw(any_npy.files())
    return Corpus(_written(draw, rows), arrays)


def _row(number: int, split: str) -> list[str]:
    cells = {**GOOD, "id": f"s{number}", "split": split, "end": str(number + 1)}
    return [cells[column] for column in COLUMNS]


def _spoil_cell(draw: st.DrawFn, rows: list[list[str]]) -> None:
    row = draw(st.sampled_from(rows))
    if row:
        row[draw(st.integers(0, len(row) - 1))] = draw(st.one_of(st.sampled_from(CELLS), st.text()))


def _drop_column(draw: st.DrawFn, rows: list[list[str]]) -> None:
    column = draw(st.integers(0, len(COLUMNS) - 1))
    rows[:] = [row[:column] + row[column + 1 :] for row in rows]


def _cut_row(draw: st.DrawFn, rows: list[list[str]]) -> None:
    row = draw(st.sampled_from(rows))
    del row[draw(st.integers(0, len(row))) :]


def _lengthen_row(draw: st.DrawFn, rows: list[list[str]]) -> None:
    draw(st.sampled_from(rows)).extend(draw(st.lists(st.sampled_from(["", "text", "1"]))))


def _repeat_row(draw: st.DrawFn, rows: list[list[str]]) -> None:
    rows.append(list(draw(st.sampled_from(rows))))


def _drop_rows(draw: st.DrawFn, rows: list[list[str]]) -> None:
    del rows[draw(st.integers(0, len(rows))) :]


MISTAKES = [_spoil_cell, _drop_column, _cut_row, _lengthen_row, _repeat_row, _drop_rows]


def _written(draw: st.DrawFn, rows: list[list[str]]) -> bytes:
    """Write the rows as a table, most of the time as one should."""
    odd = draw(st.integers(0, 3)) == 0
    quote = draw(st.sampled_from(['"', "", "'"])) if odd else '"'
    comma = draw(st.sampled_from([",", ";", "\t"])) if odd else ","
    end = draw(st.sampled_from(["\n", "\r\n", "\r", "\n\n"]))
    text = end.join(comma.join(f"{quote}{cell}{quote}" for cell in row) for row in rows)
    content = text.encode(draw(st.sampled_from(ENCODINGS)) if odd else "utf-8", "replace")
    return content + (draw(st.sampled_from(ENDS)) if odd else b"")
