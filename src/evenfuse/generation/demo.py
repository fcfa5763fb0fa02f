"""The demo corpus: size and timing like CMU-MOSI, with a planted truth (`speakers.py`)."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from evenfuse.files import write_aside, write_json
from evenfuse.generation.speakers import TrackShape, Video, make_video, write_corpus
from evenfuse.generation.speech import make_lexicon
from evenfuse.settings.generated import FILES, FOLDS, PLANTED

SHAPE = TrackShape(vectors=32, audio=12, video=8, noise=0.2, infinite=0.0)
PARTS = ["text", "audio", "video"]
SPLIT_SHARES = {"train": 52 / 93, "valid": 10 / 93, "test": 31 / 93}  # CMU-MOSI's


def generate(folder: Path, videos: int, seed: int, silent: Sequence[str] = ()) -> None:
    """Write words, vectors, audio, video and labels as .csd files, the folds, the planted truth.

    What is planted in modalities that are `silent` is 0; all else is the same as without.
    """
    shape = replace(SHAPE, silent=tuple(silent))
    rng = np.random.default_rng(seed)
    lexicon = make_lexicon(SHAPE.vectors, rng)
    corpus = {
        f"demo{index:03d}": make_video(lexicon, int(rng.integers(16, 32)), shape, rng)
        for index in range(videos)
    }
    write_corpus(folder, FILES, "demo", corpus)
    write_json(folder / FOLDS, _folds(list(corpus)))
    with write_aside(folder / PLANTED) as aside:
        _planted(corpus).to_parquet(aside, index=False)


def _folds(names: list[str]) -> dict[str, list[str]]:
    edges = np.round(np.cumsum([0, *SPLIT_SHARES.values()]) * len(names)).astype(int)
    return {
        split: names[first:last]
        for split, first, last in zip(SPLIT_SHARES, edges[:-1], edges[1:], strict=True)
    }


def _planted(corpus: dict[str, Video]) -> pd.DataFrame:
    """Return a row per segment: id, planted parts, best predictions from each and from all."""
    table = pd.concat(
        pd.DataFrame({"id": [f"{name}[{i}]" for i in range(len(v.parts["text"]))], **v.parts})
        for name, v in corpus.items()
    )
    # the median of the label, given these parts: no prediction has a lower expected error
    for name in PARTS:
        table[f"best_{name}_only"] = table[name].clip(-3, 3)
    table["best_all"] = table[PARTS].sum(axis="columns").clip(-3, 3)
    return table
