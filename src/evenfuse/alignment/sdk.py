"""The CMU-MultimodalSDK's own `align`, entry for entry, to compare with; `segments` has ours.

Used as the SDK is meant to be, first to the words and then to the labels, it loses which word a row
came from: each modality goes by its own collapsed intervals, so that the modalities of a segment
can end up with different numbers of rows, and row i need not be the same word in all of them.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from evenfuse.alignment.intervals import (
    EPSILON,
    collapsed_intervals,
    cut,
    mean_over,
    overlaps,
)
from evenfuse.datasets.csd import Sequence
from evenfuse.errors import EvenfuseError

Entries = dict[str, Sequence]


def align(
    sequences: Mapping[str, Mapping[str, Sequence]], reference: str, collapse: bool
) -> dict[str, Entries]:
    """Align the sequences (role -> video -> sequence) to the rows of the role `reference`.

    Returns role -> ``video[row]`` -> the frames that overlap that row, cut to it: intervals
    (frame, 2) in seconds, features (frame, k). With `collapse` the frames become one: the mean of
    the features, over the span of all. A row that no frame of a role overlaps has no entry in that
    role, a video that a role lacks has none in any. What is aligned already is first merged by
    video. Keys, their order, intervals and features equal those of `mmdataset.align` of
    CMU-MultimodalSDK 0.0.6, collapsing with `numpy.average(features, axis=0)`.

    One thing is deliberately different. To the SDK a role has a video if any of its ids begins with
    the video's; if that was another video (CMU-MOSEI has 25522 and 255224), it stops with a
    KeyError. Here ids are compared whole, and the video is left out.

    Raises:
        EvenfuseError: the reference is not there or is aligned itself, or there are features to
            collapse that are not (frame, k) floats.
    """
    _check(sequences, reference, collapse)
    others = {role: _merged(videos) for role, videos in sequences.items() if role != reference}
    aligned: dict[str, Entries] = {role: {} for role in sequences}
    for video, rows in sequences[reference].items():
        if all(video in videos for videos in others.values()):
            found = {
                role: _joined(rows, videos[video], collapse) for role, videos in others.items()
            }
            found[reference] = _themselves(rows, collapse)
            for role, entries in found.items():
                aligned[role] |= {f"{video}[{row}]": entry for row, entry in entries}
    return aligned


def _check(sequences: Mapping[str, Mapping[str, Sequence]], reference: str, collapse: bool) -> None:
    if reference not in sequences:
        raise EvenfuseError(f"there is no '{reference}' to align to, only {', '.join(sequences)}")
    for video in sequences[reference]:
        if "[" in video:
            raise EvenfuseError(f"'{reference}' is aligned already: it has an entry '{video}'")
    for role, videos in sequences.items():
        for video, sequence in videos.items():
            numbers = sequence.features.dtype in (np.float32, np.float64)
            if collapse and not (numbers and sequence.features.ndim == 2):
                raise EvenfuseError(
                    f"'{role}' has features that no mean can be taken of: '{video}'"
                )


def _merged(entries: Mapping[str, Sequence]) -> Entries:
    """Lay all entries ``video[row]`` of a video end to end, in the order that they come in."""
    parts: dict[str, list[Sequence]] = {}
    for key, entry in entries.items():
        parts.setdefault(key.split("[")[0], []).append(entry)
    return {
        video: Sequence(
            np.concatenate([part.intervals for part in found]),
            np.concatenate([part.features for part in found]),
        )
        for video, found in parts.items()
    }


def _joined(rows: Sequence, frames: Sequence, collapse: bool) -> Iterator[tuple[int, Sequence]]:
    """Yield every row that frames overlap, and those frames or their mean."""
    pairs = overlaps(rows.intervals, frames.intervals)
    found, first = np.unique(pairs.reference, return_index=True)
    if collapse:
        spans = collapsed_intervals(pairs, rows.intervals, frames.intervals)
        means = mean_over(pairs, frames.features, len(rows.features))
        for row in found.tolist():
            yield row, Sequence(spans[row : row + 1], means[row : row + 1])
    else:
        shared = cut(pairs, rows.intervals, frames.intervals)
        features = frames.features[pairs.frame]
        for row, (a, b) in zip(found.tolist(), pairwise([*first, len(shared)]), strict=True):
            yield row, Sequence(shared[a:b], features[a:b])


def _themselves(rows: Sequence, collapse: bool) -> Iterator[tuple[int, Sequence]]:
    """Yield every row that is long enough, as its own and only frame."""
    intervals = np.sort(rows.intervals, axis=1) if collapse else rows.intervals
    for row, (start, end) in enumerate(rows.intervals):
        if abs(start - end) >= EPSILON:
            yield row, Sequence(intervals[row : row + 1], rows.features[row : row + 1])
