"""The IEMOCAP pickle of MulT (the multimodal transformer).

`{"train", "valid", "test"}` -> vision (segment, 20, 35), text (segment, 20, 300: GloVe), audio
(segment, 20, 74), labels (segment, 4, 2). It has no ids, no words and no lengths.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, Segments
from evenfuse.cache.splits import Part
from evenfuse.datasets.padded import PaddedSplit, read_splits
from evenfuse.settings.formats.mult import FORMAT

EMOTIONS = FORMAT.columns
KEYS = {"vectors": "text", "audio": "audio", "video": "vision"}


def read(file: Path, modalities: Sequence[str]) -> Iterator[Part]:
    """Yield split, segments and counts of what was repaired.

    The labels (segment, emotion) are 1 where the emotion is there, else 0, in the order of
    `EMOTIONS`. The features are vectors, audio and video, all with every row of the file: it does
    not say where a sequence ends. The ids are `split[number]`, words there are none.

    Raises:
        EvenfuseError: if the file is not whole or not of this form.
    """
    for name, split in read_splits(file).items():
        yield name, *_segments(split)


def _segments(split: PaddedSplit) -> tuple[Segments, Counter[str]]:
    labels = _labels(split)
    count = len(labels)
    parts = {name: split.sequences(key, name, count, None) for name, key in KEYS.items()}
    segments = Segments(
        ids=[f"{split.name}[{index}]" for index in range(count)],
        intervals=np.full((count, 2), np.nan),
        labels=labels,
        words=Ragged(np.array([], dtype=object), np.zeros(count + 1, dtype=np.int64)),
        features={name: sequence for name, (sequence, _) in parts.items()},
    )
    repaired = sum((counts for _, counts in parts.values()), Counter[str]())
    return segments, split.kept(count) + repaired


def _labels(split: PaddedSplit) -> NDArray[np.float32]:
    pairs = split.numbers("labels", None, len(EMOTIONS), 2)
    one_hot = np.isin(pairs, (0, 1)).all(axis=(1, 2)) & (pairs.sum(axis=2) == 1).all(axis=1)
    if not one_hot.all():
        where = np.flatnonzero(~one_hot)[0]
        raise split.wrong(
            "labels", f"should hold pairs of a 0 and a 1, but segment {where} does not"
        )
    # the second of a pair says that the emotion is there
    return pairs[:, :, 1].astype(np.float32)
