"""A corpus of your own: one table of segments and a folder of features per modality.

::

    manifest.csv            id, split, label; text if wanted; video, start, end for a .csd file
    audio/{id}.npy          (time, feature) of one segment, or
    audio.csd               frames of whole videos, cut at start and end (seconds)

Further labels are in columns `label_...`. There is no alignment to words here: every modality
keeps its own number of rows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.checks import LONGEST_ID
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.splits import Part
from evenfuse.datasets.features import Features, Floats, features_of
from evenfuse.datasets.table import Table, printable, read_table
from evenfuse.errors import EvenfuseError
from evenfuse.settings.splits import SPLITS

PART = 1 << 26  # bytes of features that are in memory at a time, or one segment if it has more


def read(file: Path, modalities: Sequence[str]) -> Iterator[Part]:
    """Yield split, segments and counts of what was found, from a manifest and its features.

    Raises:
        EvenfuseError: if a column, a feature file or a split is missing, or a label is no number.
    """
    table = read_table(file)
    table.check_columns(["id", "split", "label", *({"text"} & set(modalities))])
    check_ids(table)
    rows_of = _splits(table)
    labels = np.stack([table.numbers(name) for name in _label_columns(table)], axis=1)
    times = times_of(table)
    if "text" in modalities:
        _check_text(table, rows_of)
    sources = {name: features_of(table, name) for name in modalities if name != "text"}
    for split, rows in rows_of.items():
        for part, features in _parts(rows, sources):
            segments = Segments(
                ids=[table.columns["id"][row] for row in part],
                intervals=times[part],
                labels=labels[part].astype(np.float32),
                words=words_of(table, part),
                features={name: Ragged.join(sequences) for name, sequences in features.items()},
            )
            yield split, segments, Counter(kept=len(part))


def check_ids(table: Table) -> None:
    """Raise EvenfuseError if an id is too long or cannot be shown."""
    for row, segment in enumerate(table.columns["id"]):
        if not segment.isprintable() or len(segment) > LONGEST_ID:
            what = f"the id '{printable(segment)}' is too long or cannot be shown"
            raise table.wrong(row, f"{what}; give it another")


def _splits(table: Table) -> dict[str, list[int]]:
    """Return split -> its rows."""
    rows_of: dict[str, list[int]] = {split: [] for split in SPLITS}
    for row, split in enumerate(table.columns["split"]):
        if split not in rows_of:
            known = ", ".join(SPLITS)
            raise table.wrong(row, f"unknown split '{printable(split)}'; choose from: {known}")
        rows_of[split].append(row)
    for split, rows in rows_of.items():
        if not rows:
            raise EvenfuseError(f"{table.path} has no row with the split '{split}'")
    return rows_of


def _label_columns(table: Table) -> list[str]:
    return ["label", *(name for name in table.columns if name.startswith("label_"))]


def times_of(table: Table) -> NDArray[np.float64]:
    """Return start and end (row, 2) in seconds, NaN where they are not known."""
    unknown = np.full(len(table), np.nan)
    columns = [table.numbers(n, np.nan) if n in table else unknown for n in ("start", "end")]
    return np.stack(columns, axis=1)


def _check_text(table: Table, rows_of: Mapping[str, Sequence[int]]) -> None:
    for split, rows in rows_of.items():
        if not any(table.columns["text"][row] for row in rows):
            raise EvenfuseError(f"{table.path} has no text in the split '{split}'")


def _parts(
    rows: Sequence[int], sources: Mapping[str, Features]
) -> Iterator[tuple[list[int], dict[str, list[Floats]]]]:
    """Yield rows with their features, a few at a time, for the sake of the memory."""
    part: list[int] = []
    features: dict[str, list[Floats]] = {name: [] for name in sources}
    size = 0
    for row in rows:
        part.append(row)
        for name, source in sources.items():
            features[name].append(source.of(row))
            size += features[name][-1].nbytes
        if size > PART or row == rows[-1]:
            yield part, features
            part, features, size = [], {name: [] for name in sources}, 0


def words_of(table: Table, rows: Sequence[int]) -> Ragged:
    """Return the words of rows, none where the table has no text."""
    texts = [table.columns["text"][row] for row in rows] if "text" in table else [""] * len(rows)
    return Ragged.join([np.array(text.split(), dtype=object) for text in texts])
