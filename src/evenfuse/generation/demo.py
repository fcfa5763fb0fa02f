"""The demo corpus: about the size and timing of CMU-MOSI, with a planted truth.

A segment's label is ``text + audio + video + noise``, clipped to [-3, 3]. The three parts are drawn
independently, so that no modality can stand in for another:

- text: the sum of the valences of its words; plain to see, and the largest part;
- audio: whether the pitch rises or falls over the segment, under a pitch that differs by speaker;
- video: the difference of two muscles that mostly move together.

Text is therefore learnt fastest, while audio and video carry what text lacks and are learnt slowly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evenfuse.generation.csd import Track, write_csd
from evenfuse.storage.files import write_aside, write_json

AUDIO_RATE, VIDEO_RATE = 100.0, 30.0  # frames per second, as COVAREP and FACET have in CMU-MOSI
AUDIO_WIDTH, VIDEO_WIDTH, VECTOR_WIDTH = 12, 8, 32
AUDIO_SCALE, VIDEO_SCALE, NOISE = 0.7, 0.6, 0.2  # standard deviations; the text has 1.5
SYLLABLES = ["ba", "do", "fi", "ga", "hu", "ka", "li", "mo", "nu", "pe", "ra", "so", "ti", "vu"]
SPLIT_SHARES = {"train": 52 / 93, "valid": 10 / 93, "test": 31 / 93}  # CMU-MOSI's

Rng = np.random.Generator
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Lexicon:
    """The words of the corpus: spelling, valence (0 for most), frequency and vector of each."""

    words: list[str]
    valence: Floats
    frequency: Floats
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class Video:
    """One speaker: the four tracks, the labels, and the planted parts, each (segment,)."""

    words: Track
    vectors: Track
    audio: Track
    video: Track
    labels: Track
    parts: dict[str, Floats]


def generate(folder: Path, videos: int, seed: int) -> None:
    """Write the corpus: words, vectors, audio, video and labels as .csd, folds, planted truth."""
    rng = np.random.default_rng(seed)
    lexicon = _lexicon(rng)
    corpus = {f"demo{index:03d}": _video(lexicon, rng) for index in range(videos)}
    for role in ("words", "vectors", "audio", "video", "labels"):
        tracks = {name: getattr(video, role) for name, video in corpus.items()}
        write_csd(folder / f"demo_{role}.csd", f"demo_{role}", "demo", tracks)
    write_json(folder / "demo_folds.json", _folds(list(corpus)))
    with write_aside(folder / "demo_planted.parquet") as aside:
        _planted(corpus).to_parquet(aside, index=False)


def _lexicon(rng: Rng, size: int = 200, with_valence: int = 24) -> Lexicon:
    spellings = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in ("", "n", "s", "la")]
    words = [str(word) for word in rng.permutation(spellings)[:size]]
    valence = np.zeros(size)
    valence[:with_valence] = rng.choice([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5], with_valence)
    frequency = 1 / np.arange(1, size - with_valence + 1)
    vectors = rng.normal(size=(size, VECTOR_WIDTH)).astype(np.float32)
    vectors[:, 0] += valence
    return Lexicon(words, valence, frequency / frequency.sum(), vectors)


def _video(lexicon: Lexicon, rng: Rng) -> Video:
    number = int(rng.integers(16, 32))
    chosen = [_sentence(lexicon, rng) for _ in range(number)]
    times, bounds = _timing([len(sentence) for sentence in chosen], rng)
    flat = np.concatenate(chosen)
    text = np.array([np.sum(lexicon.valence[s[s >= 0]]) for s in chosen])
    parts = {
        "text": text,
        "audio": rng.normal(0, AUDIO_SCALE, number),
        "video": rng.normal(0, VIDEO_SCALE, number),
    }
    clean = sum(parts.values()) + rng.normal(0, NOISE, number)
    labels = np.round(np.clip(clean, -3, 3), 1)[:, None].astype(np.float32)
    spelled = np.array([[lexicon.words[i] if i >= 0 else "sp"] for i in flat], dtype="S12")
    vectors = np.where(flat[:, None] >= 0, lexicon.vectors[flat], 0).astype(np.float32)
    return Video(
        words=(times, spelled),
        vectors=(times, vectors),
        audio=_audio(bounds, parts["audio"], rng),
        video=_face(bounds, parts["video"], rng),
        labels=(bounds, labels),
        parts=parts,
    )


def _sentence(lexicon: Lexicon, rng: Rng) -> NDArray[np.int64]:
    """Draw word numbers; -1 stands for a pause. Few have a valence and most of those agree."""
    with_valence = int(np.count_nonzero(lexicon.valence))
    length = int(np.clip(rng.lognormal(2.3, 0.5), 3, 40))
    plain = rng.choice(len(lexicon.frequency), size=length, p=lexicon.frequency) + with_valence
    side = np.flatnonzero(np.sign(lexicon.valence) == rng.choice([-1, 1]))
    loaded = [rng.choice(side), *rng.choice(with_valence, size=rng.integers(0, 3))]
    places = rng.choice(length, size=min(len(loaded), length), replace=False)
    plain[places] = loaded[: len(places)]
    pauses = np.flatnonzero(rng.random(length) < 0.06)
    return np.insert(plain, pauses, -1)


def _timing(lengths: list[int], rng: Rng) -> tuple[Floats, Floats]:
    """Return the times of the words and of the segments, in seconds, one after the other."""
    durations = [rng.gamma(4.0, 0.075, size=length) + 0.05 for length in lengths]
    gaps = rng.exponential(0.5, size=len(lengths))
    times, bounds, now = [], [], 0.0
    for spoken, gap in zip(durations, gaps, strict=True):
        ends = now + gap + np.cumsum(spoken)
        times.append(np.stack([ends - spoken, ends], axis=1))
        bounds.append((now + gap, ends[-1]))
        now = float(ends[-1])
    return np.concatenate(times), np.array(bounds)


def _audio(bounds: Floats, part: Floats, rng: Rng) -> Track:
    intervals, when = _frames(bounds[-1, 1], AUDIO_RATE)
    features = rng.normal(size=(len(when), AUDIO_WIDTH)) + rng.normal(0, 2, AUDIO_WIDTH)
    for inside, (start, end), height in _inside(when, bounds, part):
        progress = (when[inside] - start) / (end - start)
        features[inside, 0] += 2 * height * (2 * progress - 1)
    return intervals, features.astype(np.float32)


def _face(bounds: Floats, part: Floats, rng: Rng) -> Track:
    intervals, when = _frames(bounds[-1, 1], VIDEO_RATE)
    features = rng.normal(size=(len(when), VIDEO_WIDTH)) * 0.5
    for inside, _, height in _inside(when, bounds, part):
        together = rng.normal(0, 3)
        features[inside, 0] += together + height
        features[inside, 1] += together - height
    return intervals, features.astype(np.float32)


def _frames(seconds: float, rate: float) -> tuple[Floats, Floats]:
    start = np.arange(int(seconds * rate) + 1) / rate
    return np.stack([start, start + 1 / rate], axis=1), start


def _inside(when: Floats, bounds: Floats, part: Floats) -> Iterator[tuple[slice, Floats, float]]:
    for (start, end), height in zip(bounds, part, strict=True):
        first, last = np.searchsorted(when, (start, end))
        yield slice(first, last), np.array([start, end]), float(height)


def _folds(names: list[str]) -> dict[str, list[str]]:
    edges = np.round(np.cumsum([0, *SPLIT_SHARES.values()]) * len(names)).astype(int)
    return {
        split: names[first:last]
        for split, first, last in zip(SPLIT_SHARES, edges[:-1], edges[1:], strict=True)
    }


def _planted(corpus: dict[str, Video]) -> pd.DataFrame:
    """One row per segment: id, the planted parts, and the best predictions knowing text or all."""
    table = pd.concat(
        pd.DataFrame({"id": [f"{name}[{i}]" for i in range(len(v.parts["text"]))], **v.parts})
        for name, v in corpus.items()
    )
    # the median of the label given what is known: no prediction has a lower expected error
    table["best_text_only"] = table["text"].clip(-3, 3)
    table["best_all"] = table[["text", "audio", "video"]].sum(axis="columns").clip(-3, 3)
    return table
