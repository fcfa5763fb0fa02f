"""Videos of speakers with a planted truth, as five .csd files: the demo and the generated sets.

A segment's label is `text + audio + video + noise`, clipped to [-3, 3]. The three parts are drawn
independently, so that no modality can replace another:

- text: the sum of the valences of its words, the largest part and the easiest to find;
- audio: how far most of the segment lies above or below the speaker's own pitch;
- video: the difference between two muscles that mostly move together, over most of the segment.

Each can be learnt by itself, text fastest; audio and video carry what text lacks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.generation.csd import Track, write_csd
from evenfuse.generation.padded import Floats, Rng
from evenfuse.generation.speech import Lexicon, sentence, timing

AUDIO_RATE, VIDEO_RATE = 100.0, 30.0  # frames per second, as COVAREP and FACET have
AUDIO_SCALE, VIDEO_SCALE = 0.75, 0.65  # standard deviations; the text has 1.2
PITCH, MUSCLES = 3.0, 2.0  # in features, per unit of the part
PITCHED, MOVED = 0.6, 0.6  # how much of a segment, from its start, shows the part
SPEAKERS, TOGETHER = 0.5, 1.5  # standard deviations: the speakers' own audio, both muscles
INFINITE_COLUMN = 4  # any column that does not depend on the label


@dataclass(frozen=True)
class TrackShape:
    """Widths of the tracks, standard deviation of the noise, share of audio frames with a -inf.

    Nothing is planted in modalities that are `silent`.
    """

    vectors: int
    audio: int
    video: int
    noise: float
    infinite: float
    silent: tuple[str, ...] = ()


@dataclass(frozen=True)
class Video:
    """One speaker: the four tracks, the labels, and the planted parts, each (segment,)."""

    words: Track
    vectors: Track
    audio: Track
    video: Track
    labels: Track
    parts: dict[str, Floats]


def make_video(lexicon: Lexicon, number: int, shape: TrackShape, rng: Rng) -> Video:
    """Draw a video with `number` segments."""
    chosen = [sentence(lexicon, rng) for _ in range(number)]
    times, bounds = timing([len(words) for words in chosen], rng)
    parts = {
        "text": np.array([np.sum(lexicon.valence[s[s >= 0]]) for s in chosen]),
        "audio": rng.normal(0, AUDIO_SCALE, number),
        "video": rng.normal(0, VIDEO_SCALE, number),
    }
    parts = {name: 0 * part if name in shape.silent else part for name, part in parts.items()}
    clean = sum(parts.values()) + rng.normal(0, shape.noise, number)
    spelled, vectors = _written(lexicon, np.concatenate(chosen))
    return Video(
        words=(times, spelled),
        vectors=(times, vectors),
        audio=_audio(bounds, parts["audio"], shape, rng),
        video=_face(bounds, parts["video"], shape, rng),
        labels=(bounds, np.round(np.clip(clean, -3, 3), 1)[:, None].astype(np.float32)),
        parts=parts,
    )


def write_corpus(
    folder: Path, files: Mapping[str, str], dataset: str, corpus: Mapping[str, Video]
) -> None:
    """Write one .csd file per role: words, vectors, audio, video, labels."""
    for role, file in files.items():
        tracks = {name: getattr(video, role) for name, video in corpus.items()}
        write_csd(folder / file, Path(file).stem, dataset, tracks)


def _written(lexicon: Lexicon, numbers: NDArray[np.int64]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return spelling (word, 1) and vector (word, width) of each word; -1 gives sp and zeros."""
    spelled = [[lexicon.words[i] if i >= 0 else "sp"] for i in numbers]
    vectors = np.where(numbers[:, None] >= 0, lexicon.vectors[numbers], 0)
    return np.array(spelled, dtype="S12"), vectors.astype(np.float32)


def _audio(bounds: Floats, part: Floats, shape: TrackShape, rng: Rng) -> Track:
    intervals, when = _frames(bounds[-1, 1], AUDIO_RATE)
    features = rng.normal(size=(len(when), shape.audio)) + rng.normal(0, SPEAKERS, shape.audio)
    for inside, height in _inside(when, bounds, part):
        features[_start(inside, PITCHED), 0] += PITCH * height
    if shape.infinite:
        features[rng.random(len(when)) < shape.infinite, INFINITE_COLUMN] = -np.inf
    return intervals, features.astype(np.float32)


def _face(bounds: Floats, part: Floats, shape: TrackShape, rng: Rng) -> Track:
    intervals, when = _frames(bounds[-1, 1], VIDEO_RATE)
    features = rng.normal(size=(len(when), shape.video)) * 0.5
    for inside, height in _inside(when, bounds, part):
        shown = _start(inside, MOVED)
        features[inside, :2] += rng.normal(0, TOGETHER)
        features[shown, :2] += MUSCLES * height * np.array([1, -1])
    return intervals, features.astype(np.float32)


def _frames(seconds: float, rate: float) -> tuple[Floats, Floats]:
    start = np.arange(int(seconds * rate) + 1) / rate
    return np.stack([start, start + 1 / rate], axis=1), start


def _inside(when: Floats, bounds: Floats, part: Floats) -> Iterator[tuple[slice, float]]:
    for segment, height in zip(bounds, part, strict=True):
        yield slice(*np.searchsorted(when, segment)), float(height)


def _start(frames: slice, share: float) -> slice:
    return slice(frames.start, frames.start + round(share * (frames.stop - frames.start)))
