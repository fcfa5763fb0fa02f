"""A corpus of your own: one table of segments and a folder of features per modality.

::

    manifest.csv            id, split, text, label; video, start, end where a .csd file is used
    audio/{id}.npy          (time, feature) of one segment, or
    audio.csd               frames of whole videos, cut at start and end (seconds)

Further labels are in columns `label_...`. There is no alignment to words here: every modality
keeps its own number of rows.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.splits import Part
from evenfuse.datasets.csd import CsdFile
from evenfuse.errors import EvenfuseError
from evenfuse.settings.splits import SPLITS

NEEDED = ("id", "split", "text", "label")
Floats = NDArray[np.float32]
Rows = Callable[["pd.Series[str]"], Floats]


def read(file: Path, modalities: Sequence[str]) -> Iterator[Part]:
    """Yield split, segments and counts of what was repaired, from a manifest and its features.

    Raises:
        EvenfuseError: if a column, a feature file or a split is missing, or a label is no number.
    """
    table = _table(file)
    rows = {name: _rows(file.parent, name) for name in modalities if name != "text"}
    for split in SPLITS:
        counts = Counter[str]()
        segments = _segments(table[table["split"] == split], rows, counts)
        yield split, segments, counts


def _table(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise EvenfuseError(f"there is no manifest {path}") from None
    missing = [column for column in NEEDED if column not in table]
    if missing:
        raise EvenfuseError(
            f"{path} has no column '{missing[0]}'; it has {', '.join(table.columns)}"
        )
    if table["id"].duplicated().any():
        twice = table["id"][table["id"].duplicated()].iloc[0]
        raise EvenfuseError(f"{path} has the id '{twice}' twice")
    for split in SPLITS:
        if not (table["split"] == split).any():
            raise EvenfuseError(f"{path} has no row with the split '{split}'")
    _check_labels(path, table)
    return table


def _check_labels(path: Path, table: pd.DataFrame) -> None:
    labels = table[_label_columns(table)].apply(pd.to_numeric, errors="coerce")
    wrong = table["id"][~np.isfinite(labels.to_numpy(float)).all(axis=1)]
    if len(wrong):
        raise EvenfuseError(f"{path}: a label of '{wrong.iloc[0]}' is not a number")


def _label_columns(table: pd.DataFrame) -> list[str]:
    return ["label", *(name for name in table.columns if name.startswith("label_"))]


def _segments(part: pd.DataFrame, rows: dict[str, Rows], counts: Counter[str]) -> Segments:
    times = part.reindex(columns=["start", "end"]).apply(pd.to_numeric, errors="coerce")
    words = [text.split() for text in part["text"]]
    flat = [np.array(spoken, dtype=object) for spoken in words]
    features = {}
    for name, rows_of in rows.items():
        found = [_repaired(rows_of(row), name, counts) for _, row in part.iterrows()]
        features[name] = Ragged.join(found)
    counts["kept"] = len(part)
    return Segments(
        ids=part["id"].tolist(),
        intervals=times.to_numpy(np.float64),
        labels=part[_label_columns(part)].to_numpy(np.float32),
        words=Ragged.join(flat),
        features=features,
    )


def _rows(folder: Path, name: str) -> Rows:
    """Return a function: row of the manifest -> its features (time, feature)."""
    if (folder / f"{name}.csd").is_file():
        file = CsdFile(folder / f"{name}.csd")
        return lambda row: _cut(file, row)
    if (folder / name).is_dir():
        return lambda row: _load(folder / name / f"{row['id']}.npy")
    raise EvenfuseError(f"{folder} has neither {name}.csd nor a folder {name} with one .npy per id")


def _cut(file: CsdFile, row: "pd.Series[str]") -> Floats:
    track = file.read(row["video"])
    start, end = float(row["start"]), float(row["end"])
    inside = (track.intervals[:, 1] > start) & (track.intervals[:, 0] < end)
    if not inside.any():
        raise EvenfuseError(f"{file.path} has no frame for '{row['id']}' ({start} to {end} s)")
    return track.features[inside].astype(np.float32)


def _load(path: Path) -> Floats:
    try:
        rows = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise EvenfuseError(f"there is no file {path}") from None
    except (ValueError, EOFError, OSError) as error:
        raise EvenfuseError(f"{path} is not a .npy file of numbers ({error})") from None
    if rows.ndim != 2 or not len(rows):
        raise EvenfuseError(f"{path} should be (time, feature) with a row, but is {rows.shape}")
    return rows.astype(np.float32)  # type: ignore[no-any-return]


def _repaired(rows: Floats, name: str, counts: Counter[str]) -> Floats:
    wrong = ~np.isfinite(rows)
    counts[f"NaN or infinite values of {name} set to 0"] += int(wrong.sum())
    return np.where(wrong, np.float32(0), rows)
