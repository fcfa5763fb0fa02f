"""Turn raw sequences into labelled segments in which row i is the same word in every modality.

The SDK aligns twice, first to words and then to segments, and loses the word of each row on the
way, so the modalities of a segment can end up with different numbers of rows. Here the word index
is kept, so their lengths are always equal.
"""

from collections import Counter
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from evenfuse.alignment.intervals import EPSILON, Pairs, covered, mean_over, overlaps
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.datasets.csd_file import Track
from evenfuse.datasets.limits import LARGEST
from evenfuse.errors import EvenfuseError

Flags = NDArray[np.bool_]


def align_video(
    video: str, labels: Track, words: Track, frames: Mapping[str, Track], pause: str
) -> tuple[Segments, Counter[str]]:
    """Align one video and drop the segments that lack something.

    The row of a word is the mean of the frames that overlap it, or zeros if none does; the word
    `pause` becomes an empty word. The id of a segment is the SDK's, `video[index]`.

    Returns the segments and counts: `kept`, `dropped: REASON` for each reason, and
    `words without NAME` for each modality.

    Raises:
        EvenfuseError: if so many rows overlap that they would take up the memory.
    """
    spoken = _joined(video, "labels and words", labels, words)
    aligned = {
        name: _joined(video, f"words and {name}", words, track) for name, track in frames.items()
    }
    has = {name: covered(pairs, len(words.features)) for name, pairs in aligned.items()}
    text = np.where(words.features == pause, "", words.features)
    lacks = _lacks(labels, spoken, text != "", has)
    keep = ~np.any(list(lacks.values()), axis=0)

    kept = np.flatnonzero(keep)
    rows = spoken.frame[keep[spoken.reference]]
    _check_size(video, max(len(rows), len(text)), frames)
    counts = np.bincount(spoken.reference, minlength=len(keep))[keep]
    offsets = np.concatenate([[0], np.cumsum(counts)])
    features = {
        name: mean_over(pairs, frames[name].features, len(words.features))[rows]
        for name, pairs in aligned.items()
    }
    segments = Segments(
        ids=[f"{video}[{index}]" for index in kept],
        intervals=labels.intervals[keep],
        labels=labels.features[keep],
        words=Ragged(text[rows], offsets),
        features={name: Ragged(values, offsets) for name, values in features.items()},
    )
    return segments, _report(lacks, keep, {name: ~flags[rows] for name, flags in has.items()})


def _joined(video: str, names: str, rows: Track, frames: Track) -> Pairs:
    try:
        return overlaps(rows.intervals, frames.intervals)
    except ValueError as error:
        raise EvenfuseError(f"video {video!r}, {names}: {error}") from None


def _check_size(video: str, rows: int, frames: Mapping[str, Track]) -> None:
    """Raise EvenfuseError if words that many segments share would take up the memory."""
    for name, track in frames.items():
        if rows * track.features[:1].nbytes > LARGEST:
            raise EvenfuseError(
                f"video {video!r}: its words in all segments, {rows}, would have more than "
                f"{LARGEST} bytes of {name}; correct the times of the segments"
            )


def _lacks(
    labels: Track, spoken: Pairs, is_word: Flags, has: Mapping[str, Flags]
) -> dict[str, Flags]:
    """Return for each reason to drop a segment which segments it applies to."""
    number = len(labels.features)
    too_short = np.abs(np.diff(labels.intervals, axis=1)[:, 0]) < EPSILON
    lacks = {"no length": too_short, "no words": ~_any(spoken, is_word, number)}
    for name, flags in has.items():
        lacks[f"no {name}"] = ~_any(spoken, flags, number)
    return lacks


def _any(spoken: Pairs, flags: Flags, number: int) -> Flags:
    """Return which segments have at least one flagged word."""
    return np.bincount(spoken.reference[flags[spoken.frame]], minlength=number) > 0


def _report(lacks: Mapping[str, Flags], keep: Flags, empty: Mapping[str, Flags]) -> Counter[str]:
    report = Counter(kept=int(keep.sum()))
    counted = np.zeros_like(keep)
    for reason, flags in lacks.items():
        report[f"dropped: {reason}"] = int((flags & ~counted).sum())
        counted |= flags
    for name, flags in empty.items():
        report[f"words without {name}"] = int(flags.sum())
    return report
