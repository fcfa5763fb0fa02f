"""Clips without labels: a table with an id per row, and a folder of features per modality.

The table and what lies beside it look as those of a corpus of your own (`manifest.py`), but for
split and label, which nobody has to know.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from evenfuse.cache.segments import Ragged, Segments, without_nan
from evenfuse.datasets.features import features_of
from evenfuse.datasets.manifest import check_ids, times_of, words_of
from evenfuse.datasets.npy import read_npy
from evenfuse.datasets.table import Table, printable, read_table
from evenfuse.errors import EvenfuseError


def read_clips(file: str | Path, modalities: Sequence[str]) -> tuple[Segments, Counter[str]]:
    """Return clips, and modality -> its values that are NaN or infinite, which become 0.

    Raises:
        EvenfuseError: if there are none, an id is there twice, or a column or a feature is missing.
    """
    table = read_table(Path(file))
    table.check_columns(["id", *({"text"} & set(modalities))])
    if not len(table):
        raise EvenfuseError(f"{file} has no clips; give it a row for each, with an id")
    check_ids(table)
    _check_once(table)
    rows, repaired = range(len(table)), Counter[str]()
    features = {}
    for name in modalities:
        if name != "text":
            source = features_of(table, name)
            joined = Ragged.join([source.of(row) for row in rows])
            values, repaired[name] = without_nan(joined.values)
            features[name] = Ragged(values, joined.offsets)
    clips = Segments(
        ids=table.columns["id"],
        intervals=times_of(table),
        labels=np.empty((len(table), 0), np.float32),
        words=words_of(table, rows),
        features=features,
    )
    return clips, repaired


def one_clip(
    text: str | None, files: Mapping[str, Path], modalities: Sequence[str]
) -> tuple[Segments, Counter[str]]:
    """Return a clip from its text and a .npy file (time, feature) per modality; as `read_clips`.

    Raises:
        EvenfuseError: if the modalities are others than those given, or a file cannot be read.
    """
    given = [*(["text"] if text is not None else []), *files]
    if set(given) != set(modalities):
        raise EvenfuseError(
            f"the clip has {', '.join(given)}, but the model reads {', '.join(modalities)}; give "
            "it just these, by --text TEXT and --features NAME=FILE.npy"
        )
    repaired, features = Counter[str](), {}
    for name, file in files.items():
        values, repaired[name] = without_nan(read_npy(file))
        features[name] = Ragged.join([values])
    words = Ragged.join([np.array((text or "").split(), dtype=object)])
    unknown, no_labels = np.full((1, 2), np.nan), np.empty((1, 0), np.float32)
    return Segments(["clip"], unknown, no_labels, words, features), repaired


def _check_once(table: Table) -> None:
    seen: set[str] = set()
    for row, clip in enumerate(table.columns["id"]):
        if clip in seen:
            raise table.wrong(row, f"the id '{printable(clip)}' is there twice; rename one")
        seen.add(clip)
