"""Generated .csd files with the names, widths, rates, ids and splits of CMU-MOSI and CMU-MOSEI.

The label is the demo's without noise (`speakers.py`): text plus audio plus video, clipped to
[-3, 3] and rounded to a tenth. Some audio values are -inf, as in the real COVAREP.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evenfuse import sdk
from evenfuse.generation.padded import Rng, split_sizes
from evenfuse.generation.speakers import TrackShape, make_video, write_corpus
from evenfuse.generation.speech import make_lexicon

INFINITE = 0.02  # of the frames of audio


@dataclass(frozen=True)
class SdkSet:
    """A data set: its name in the SDK, a file per role, widths, and mean segments per video."""

    name: str
    files: dict[str, str]
    shape: TrackShape
    segments: float


SETS = {
    "mosi": SdkSet(
        "CMU_MOSI",
        {
            "words": "CMU_MOSI_TimestampedWords.csd",
            "labels": "CMU_MOSI_Opinion_Labels.csd",
            "vectors": "CMU_MOSI_TimestampedWordVectors_1.1.csd",
            "audio": "CMU_MOSI_COVAREP.csd",
            "video": "CMU_MOSI_VisualFacet_4.1.csd",
        },
        TrackShape(vectors=300, audio=74, video=47, noise=0.0, infinite=INFINITE),
        segments=23.6,
    ),
    "mosei": SdkSet(
        "CMU_MOSEI",
        {
            "words": "CMU_MOSEI_TimestampedWords.csd",
            "labels": "CMU_MOSEI_LabelsSentiment.csd",
            "vectors": "CMU_MOSEI_TimestampedGloveVectors.csd",
            "audio": "CMU_MOSEI_COVAREP.csd",
            "video": "CMU_MOSEI_VisualFacet42.csd",
        },
        TrackShape(vectors=300, audio=74, video=35, noise=0.0, infinite=INFINITE),
        segments=7.1,
    ),
}


def generate_csd(folder: Path, name: str, size: int, seed: int) -> dict[str, int]:
    """Write the files of a data set in `SETS`; return the number of segments per split.

    Every split has at least one video; the SDK's standard folds set the proportions.
    """
    chosen, rng = SETS[name], np.random.default_rng(seed)
    folds = sdk.folds(chosen.name)
    sizes = split_sizes(size, {split: len(videos) for split, videos in folds.items()})
    lexicon = make_lexicon(chosen.shape.vectors, rng)
    corpus = {
        video: make_video(lexicon, number, chosen.shape, rng)
        for split, videos in folds.items()
        for video, number in _share_out(sizes[split], videos, chosen.segments, rng).items()
    }
    write_corpus(folder, chosen.files, chosen.name, corpus)
    return sizes


def _share_out(segments: int, videos: Sequence[str], mean: float, rng: Rng) -> dict[str, int]:
    """Give the first videos of a fold about `mean` segments each, and at least one."""
    number = min(max(round(segments / mean), 1), len(videos))
    more = rng.multinomial(segments - number, np.full(number, 1 / number))
    return {video: 1 + int(n) for video, n in zip(videos, more, strict=False)}
