"""Alignment of a corpus, one video at a time, so that the longest video bounds the memory."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from evenfuse.alignment.segments import align_video
from evenfuse.cache.segments import Segments
from evenfuse.cache.splits import Part
from evenfuse.datasets.csd import CsdCorpus
from evenfuse.datasets.csd_file import Track
from evenfuse.errors import EvenfuseError
from evenfuse.settings.splits import SPLITS


def split_of_videos(folds: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return video id -> split, the inverse of folds (split -> video ids).

    Raises:
        EvenfuseError: if folds are of another form, a split has no videos or a video is in two.
    """
    if not _are_folds(folds):
        raise EvenfuseError("the folds should be a JSON object: split -> list of video ids")
    split_of: dict[str, str] = {}
    for split in SPLITS:
        if not folds.get(split):
            raise EvenfuseError(f"the folds have no videos for the split '{split}'")
        for video in folds[split]:
            if split_of.setdefault(video, split) != split:
                raise EvenfuseError(
                    f"the folds have video '{video}' in {split_of[video]} and in {split}"
                )
    return split_of


def _are_folds(content: Any) -> bool:
    return isinstance(content, Mapping) and all(
        isinstance(videos, list) and all(isinstance(video, str) for video in videos)
        for videos in content.values()
    )


def align_corpus(corpus: CsdCorpus, split_of: Mapping[str, str], pause: str) -> Iterator[Part]:
    """Yield split, segments (None if all are dropped) and counts of every video with a split."""
    for video in corpus.videos:
        if video in split_of:
            segments, counts = _align(corpus, video, pause)
            yield split_of[video], segments, counts


def _align(corpus: CsdCorpus, video: str, pause: str) -> tuple[Segments | None, Counter[str]]:
    labels = corpus.labels(video)
    missing = corpus.missing(video)
    if missing:
        return None, Counter({f"dropped: video not in {missing[0]}": len(labels.features)})
    words, unread = corpus.words(video)
    noted = Counter({"words with letters that are not UTF-8": unread})
    frames = {}
    for name in corpus.modalities:
        frames[name], wrong = corpus.frames(name, video)
        noted[f"NaN or infinite values of {name} set to 0"] = wrong
    for name, track in {"labels": labels, "words": words, **frames}.items():
        noted[f"intervals of {name} that end before they start"] = _reversed(track)
    segments, counts = align_video(video, labels, words, frames, pause)
    if corpus.generated:
        counts["generated"] = counts["kept"]
    return segments if len(segments) else None, counts + noted


def _reversed(track: Track) -> int:
    return int(np.count_nonzero(track.intervals[:, 1] < track.intervals[:, 0]))
