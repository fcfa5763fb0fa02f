"""Generated pickles in MMSA's form, with every key, shape and width of the real ones.

The label is `text + audio + video`, clipped to [-1, 1], times the scale of the data set. The three
parts are drawn independently: text is the sum of the valences of the words, audio and video are the
means of the first column over the real rows. CH-SIMS has the parts as further labels.

What is odd in real files is odd here. A few audio values are -inf. The lengths are lists; the first
segment has no audio, and the video of the last was cut, so its length is beyond the array. Aligned
files are of the older form: no lengths and no text_bert, ids in bytes, and labels in a column.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.generation.padded import (
    Floats,
    Rng,
    planted_sequences,
    split_sizes,
    write_pickle,
)

VECTOR_WIDTH = 768
CLS, SEP, FIRST_WORD = 101, 102, 1000  # token ids, as in BERT's vocabulary
VALENCE = {"terrible": -0.5, "bad": -0.25, "good": 0.25, "wonderful": 0.5}
VALENCE_ZH = {"糟糕": -0.5, "不好": -0.25, "不错": 0.25, "精彩": 0.5}
PLAIN = ["the", "film", "story", "I", "saw", "it", "with", "friends", "and", "then"]
PLAIN_ZH = ["这部", "电影", "故事", "我", "看了", "和", "朋友", "一起", "然后", "昨天"]


@dataclass(frozen=True)
class PickleShape:
    """A data set: steps and widths of its arrays, sizes of its splits, its scale and language."""

    steps: tuple[int, int, int]
    widths: tuple[int, int]
    splits: tuple[int, int, int]
    scale: float
    valence: dict[str, float]
    plain: list[str]
    separator: str
    parts_are_labels: bool


SHAPES = {
    "mosi": PickleShape((50, 500, 375), (5, 20), (1284, 229, 686), 3.0, VALENCE, PLAIN, " ", False),
    "mosei": PickleShape(
        (50, 500, 375), (74, 35), (16326, 1871, 4659), 3.0, VALENCE, PLAIN, " ", False
    ),
    "sims": PickleShape(
        (39, 400, 55), (33, 709), (1368, 456, 457), 1.0, VALENCE_ZH, PLAIN_ZH, "", True
    ),
}


def generate_mmsa(path: Path, name: str, size: int, aligned: bool, seed: int) -> dict[str, int]:
    """Write the pickle of a data set in `SHAPES`; return the number of segments per split."""
    shape, rng = SHAPES[name], np.random.default_rng(seed)
    sizes = split_sizes(size, dict(zip(("train", "valid", "test"), shape.splits, strict=True)))
    vectors = rng.normal(size=(len(shape.valence) + len(shape.plain) + 2, VECTOR_WIDTH))
    vectors[: len(shape.valence), 0] += 10 * np.array([*shape.valence.values()])
    content = {
        split: _split(f"{name}{split}", shape, count, vectors.astype(np.float32), aligned, rng)
        for split, count in sizes.items()
    }
    write_pickle(path, content)
    return sizes


def _split(
    name: str, shape: PickleShape, count: int, vectors: NDArray[np.float32], aligned: bool, rng: Rng
) -> dict[str, Any]:
    longest = shape.steps[0]
    sentences = [_sentence(shape, longest, rng) for _ in range(count)]
    valence = np.array([*shape.valence.values(), *np.zeros(len(shape.plain))])
    text = np.array([valence[sentence].sum() for sentence in sentences])
    audio, video = rng.uniform(-0.5, 0.5, (2, count))
    audio[:1] *= aligned  # else it has none
    tokens = np.array([len(sentence) + 2 for sentence in sentences])
    bert, embedded = _tokens(sentences, longest, vectors)
    words = [*shape.valence, *shape.plain]
    steps = (longest, longest) if aligned else shape.steps[1:]
    lengths = [tokens if aligned else np.ceil(tokens / longest * n).astype(int) for n in steps]
    if not aligned:
        lengths[0][0], lengths[1][-1] = 0, steps[1] + 25
    content = {
        "raw_text": np.array([shape.separator.join(words[i] for i in s) for s in sentences]),
        "audio": planted_sequences(audio[:, None], lengths[0], (steps[0], shape.widths[0]), rng),
        "vision": planted_sequences(video[:, None], lengths[1], (steps[1], shape.widths[1]), rng),
        "id": [f"{name}{index // 20:03d}$_${index % 20}" for index in range(count)],
        "text": embedded,
        **_labels(shape, text, audio, video),
    }
    content["audio"][1::20, 0, -1] = -np.inf
    newer = {
        "text_bert": bert,
        "audio_lengths": lengths[0].tolist(),
        "vision_lengths": lengths[1].tolist(),
    }
    return _older(content) if aligned else {**content, **newer}


def _older(content: dict[str, Any]) -> dict[str, Any]:
    column = content["regression_labels"][:, None]
    return {**content, "id": np.array(content["id"], dtype="S"), "regression_labels": column}


def _sentence(shape: PickleShape, longest: int, rng: Rng) -> NDArray[np.int64]:
    """Draw word numbers; the few words with a valence come first in the lexicon."""
    length = int(np.clip(rng.lognormal(2.3, 0.5), 3, longest - 2))
    words = rng.integers(len(shape.valence), len(shape.valence) + len(shape.plain), length)
    loaded = rng.choice(length, rng.integers(0, 3), replace=False)
    words[loaded] = rng.integers(0, len(shape.valence), len(loaded))
    return words


def _tokens(
    sentences: list[NDArray[np.int64]], longest: int, vectors: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return ids, mask and token types (segment, 3, token), and the vector of each token."""
    bert = np.zeros((len(sentences), 3, longest), dtype=np.float32)
    embedded = np.zeros((len(sentences), longest, VECTOR_WIDTH), dtype=np.float32)
    for index, sentence in enumerate(sentences):
        end = len(sentence) + 2
        bert[index, 0, :end] = [CLS, *(sentence + FIRST_WORD), SEP]
        bert[index, 1, :end] = 1
        embedded[index, :end] = vectors[[-2, *sentence, -1]]
    return bert, embedded


def _labels(shape: PickleShape, text: Floats, audio: Floats, video: Floats) -> dict[str, Any]:
    label = np.clip(text + audio + video, -1, 1) * shape.scale
    sides = np.sign(label).astype(int) + 1
    labels: dict[str, Any] = {
        "annotations": np.array(["Negative", "Neutral", "Positive"])[sides].tolist(),
        "classification_labels": sides,
        "regression_labels": label.astype(np.float32),
    }
    if shape.parts_are_labels:
        for letter, part in zip("TAV", (text, audio, video), strict=True):
            labels[f"regression_labels_{letter}"] = np.clip(part, -1, 1).astype(np.float32)
    return labels
