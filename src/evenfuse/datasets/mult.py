"""The pickles of MulT (the multimodal transformer): IEMOCAP, CMU-MOSI and CMU-MOSEI.

`{"train", "valid", "test"}` -> vision (segment, time, 35 or 20), text (segment, token, 300: GloVe),
audio (segment, time, 74 or 5), and labels: (segment, 4, 2) of IEMOCAP, else (segment, 1, 1). In
aligned files every sequence has the rows of the text. Those of CMU-MOSI and CMU-MOSEI have an id:
(segment, 3), video, start and end. There are no words and no lengths: in aligned files, rows at
either end that are zeros in every modality are padding; in others, all rows are taken.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, Segments, as_float32
from evenfuse.cache.splits import Part
from evenfuse.datasets.padded import PaddedSplit, read_splits
from evenfuse.datasets.timed_ids import read_ids
from evenfuse.errors import EvenfuseError
from evenfuse.settings.formats.mult import FORMAT

EMOTIONS = FORMAT.columns
ONE_SCORE = ((None, 1, 1), (None, 1), (None,))
KEYS = {"vectors": "text", "audio": "audio", "video": "vision"}


def read(file: Path, modalities: Sequence[str]) -> Iterator[Part]:
    """Yield split, segments and counts of what was repaired.

    The labels are (segment, 1): the sentiment; or (segment, emotion): 1 where the emotion is there,
    else 0, in the order of `EMOTIONS`. The features are vectors, audio and video. The ids are
    `video[start-end]` and the intervals start and end in seconds; or, in a file without,
    `split[number]` and NaN.

    Raises:
        EvenfuseError: if the file is not whole or not of this form, or a label is not a number.
    """
    for name, split in read_splits(file).items():
        yield name, *_segments(split)


def _segments(split: PaddedSplit) -> tuple[Segments, Counter[str]]:
    scores = _scores(split)
    labels = _emotions(split) if scores is None else scores
    count = len(labels)
    real = _real_rows(split, count)
    parts = {
        name: split.sequences(key, name, count, *(real or (None, None)))
        for name, key in KEYS.items()
    }
    ids, intervals = read_ids(split, count)
    segments = Segments(
        ids=ids,
        intervals=intervals,
        labels=labels,
        words=Ragged(np.array([], dtype=object), np.zeros(count + 1, dtype=np.int64)),
        features={name: sequence for name, (sequence, _) in parts.items()},
    )
    repaired = sum((counts for _, counts in parts.values()), Counter[str]())
    how = "from the padding" if real else "unknown, all rows kept"
    told = Counter({f"lengths of {name} {how}": count for name in KEYS})
    return segments, split.kept(count) + told + repaired


def _real_rows(
    split: PaddedSplit, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]] | None:
    """Return how many rows of each segment are real, and which is the first, in an aligned file."""
    arrays = [split.numbers(key, count, None, None) for key in KEYS.values()]
    if len({array.shape[1] for array in arrays}) > 1:
        return None
    real = np.stack(
        [
            np.any([rows.any(axis=1) for rows in segment], axis=0)
            for segment in zip(*arrays, strict=True)
        ]
    )
    starts = real.argmax(axis=1)
    ends = real.shape[1] - real[:, ::-1].argmax(axis=1)
    return np.where(real.any(axis=1), ends - starts, 0), starts


def _scores(split: PaddedSplit) -> NDArray[np.float32] | None:
    """Return one label per segment, or None where the file has more."""
    for shape in ONE_SCORE:
        with suppress(EvenfuseError):
            given = split.numbers("labels", *shape).reshape(-1, 1)
            scores = as_float32(given, "labels")
            break
    else:
        return None
    unknown = np.flatnonzero(~np.isfinite(scores))
    if unknown.size:
        raise split.wrong("labels", f"is not a number for segment {unknown[0]}")
    return scores


def _emotions(split: PaddedSplit) -> NDArray[np.float32]:
    pairs = split.numbers("labels", None, len(EMOTIONS), 2)
    one_hot = np.isin(pairs, (0, 1)).all(axis=(1, 2)) & (pairs.sum(axis=2) == 1).all(axis=1)
    if not one_hot.all():
        where = np.flatnonzero(~one_hot)[0]
        raise split.wrong(
            "labels", f"should hold pairs of a 0 and a 1, but segment {where} does not"
        )
    # the second of a pair says that the emotion is there
    return pairs[:, :, 1].astype(np.float32)
