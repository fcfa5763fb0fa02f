"""The CMU-MultimodalSDK's own `align`, entry for entry, to compare with; `segments` has ours.

Used as the SDK is meant to be, first to the words and then to the labels, it loses which word a row
came from: each modality goes by its own collapsed intervals, so that the modalities of a segment
can end up with different numbers of rows, and row i need not be the same word in all of them.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from evenfuse.alignment.intervals import EPSILON, Pairs, mean_over, overlaps
from evenfuse.datasets.csd_file import Track
from evenfuse.errors import EvenfuseError

Entries = dict[str, Track]


def align(
    sequences: Mapping[str, Mapping[str, Track]], reference: str, collapse: bool
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


def _check(sequences: Mapping[str, Mapping[str, Track]], reference: str, collapse: bool) -> None:
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


def _merged(entries: Mapping[str, Track]) -> Entries:
    """Lay all entries ``video[row]`` of a video end to end, in the order that they come in."""
    parts: dict[str, list[Track]] = {}
    for key, entry in entries.items():
        parts.setdefault(key.split("[")[0], []).append(entry)
    return {
        video: Track(
            np.concatenate([part.intervals for part in found]),
            np.concatenate([part.features for part in found]),
        )
        for video, found in parts.items()
    }


def _joined(rows: Track, frames: Track, collapse: bool) -> Iterator[tuple[int, Track]]:
    """Yield every row that frames overlap, and those frames or their mean."""
    pairs = overlaps(rows.intervals, frames.intervals)
    found, first = np.unique(pairs.reference, return_index=True)
    if collapse:
        spans = collapsed_intervals(pairs, rows.intervals, frames.intervals)
        means = mean_over(pairs, frames.features, len(rows.features))
        for row in found.tolist():
            yield row, Track(spans[row : row + 1], means[row : row + 1])
    else:
        shared = cut(pairs, rows.intervals, frames.intervals)
        features = frames.features[pairs.frame]
        for row, (a, b) in zip(found.tolist(), pairwise([*first, len(shared)]), strict=True):
            yield row, Track(shared[a:b], features[a:b])


def _themselves(rows: Track, collapse: bool) -> Iterator[tuple[int, Track]]:
    """Yield every row that is long enough, as its own and only frame."""
    intervals = np.sort(rows.intervals, axis=1) if collapse else rows.intervals
    for row, (start, end) in enumerate(rows.intervals):
        if abs(start - end) >= EPSILON:
            yield row, Track(intervals[row : row + 1], rows.features[row : row + 1])


def collapsed_intervals(
    pairs: Pairs, reference: NDArray[np.float64], frames: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Span the joined frames, each cut to its row: the intervals that the SDK stores; (n, 2).

    `reference` (n, 2) and `frames` (m, 2) are the ones that were joined, in seconds. Rows without
    frames are NaN. Source: `mmdataset.align` of CMU-MultimodalSDK 0.0.6, when it collapses.

    Raises:
        IndexError: the pairs name a row or a frame that is not there.
    """
    shared = cut(pairs, reference, frames)
    rows, first = np.unique(pairs.reference, return_index=True)
    spans = np.full(reference.shape, np.nan)
    spans[rows, 0] = np.minimum.reduceat(shared.min(axis=1), first)
    spans[rows, 1] = np.maximum.reduceat(shared.max(axis=1), first)
    return spans


def cut(
    pairs: Pairs, reference: NDArray[np.float64], frames: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Cut each frame to the row it was joined to: one interval in seconds per pair, (p, 2).

    `reference` (n, 2) and `frames` (m, 2) are the ones that were joined.

    Raises:
        IndexError: the pairs name a row or a frame that is not there.
    """
    return np.stack(
        [
            np.maximum(frames[pairs.frame, 0], reference[pairs.reference, 0]),
            np.minimum(frames[pairs.frame, 1], reference[pairs.reference, 1]),
        ],
        axis=1,
    )
