"""The pickles of MMSA: CMU-MOSI, CMU-MOSEI and CH-SIMS, aligned and unaligned.

`{"train", "valid", "test"}` -> raw_text, id, audio (segment, time, feature), vision,
text (segment, token, 768), text_bert (segment, 3, token: ids, mask, segment), audio_lengths,
vision_lengths, regression_labels; CH-SIMS also regression_labels_T, _A and _V, labels per modality.

Old files have no text_bert, and aligned ones no lengths. There the padding of the text tells how
long a sequence is, as MMSA itself does it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, Segments, as_float32
from evenfuse.cache.splits import Part
from evenfuse.datasets.padded import PaddedSplit, read_splits

FEATURES = {"audio": "audio", "video": "vision"}
LABELS = "regression_labels"
LABELS_OF_A_MODALITY = [f"{LABELS}_{letter}" for letter in "TAV"]


def read(file: Path, modalities: Sequence[str]) -> Iterator[Part]:
    """Yield split, segments and counts of what was repaired.

    The labels are (segment, 1), or (segment, 4) for CH-SIMS: multimodal, text, audio, video. The
    features are audio and video and, if asked for, the file's 768 wide `vectors` of the text, each
    with its own number of rows; the words are the text split at spaces. Intervals are unknown: NaN.

    Raises:
        EvenfuseError: if the file is not whole or not of this form, or a label is not a number.
    """
    splits = read_splits(file)
    per_modality = any(key in split for split in splits.values() for key in LABELS_OF_A_MODALITY)
    keys = [LABELS, *(LABELS_OF_A_MODALITY if per_modality else [])]
    for name, split in splits.items():
        yield name, *_segments(split, keys, "vectors" in modalities)


def _segments(split: PaddedSplit, keys: list[str], vectors: bool) -> tuple[Segments, Counter[str]]:
    count = len(split.column(LABELS, None))
    labels = np.stack([_labels(split, key, count) for key in keys], axis=1)
    complete = all(f"{key}_lengths" in split for key in FEATURES.values())
    text = None if complete and not vectors else _text_lengths(split, count)
    parts = {name: _sequences(split, key, name, count, text) for name, key in FEATURES.items()}
    if vectors:
        tokens = text.lengths if text else None
        parts["vectors"] = split.sequences("text", "vectors", count, tokens)
    segments = Segments(
        ids=split.texts("id", count),
        intervals=np.full((count, 2), np.nan),
        labels=labels,
        words=_words(split.texts("raw_text", count)),
        features={name: sequence for name, (sequence, _) in parts.items()},
    )
    repaired = sum((counts for _, counts in parts.values()), Counter[str]())
    return segments, split.kept(count) + repaired


def _labels(split: PaddedSplit, key: str, count: int) -> NDArray[np.float32]:
    labels = as_float32(split.column(key, count), key)
    wrong = np.flatnonzero(~np.isfinite(labels))
    if len(wrong):
        what = f"has a label that is not a number, of segment {wrong[0]}; correct or remove it"
        raise split.wrong(key, what)
    return labels


@dataclass(frozen=True)
class _Text:
    """How many tokens each text has (segment,), and how many rows there are with the padding."""

    lengths: NDArray[np.int64]
    rows: int


def _text_lengths(split: PaddedSplit, count: int) -> _Text | None:
    """Return where the padding of each text begins: by the mask, or in old files by its zeros."""
    if "text_bert" in split:
        real = split.numbers("text_bert", count, 3, None)[:, 1] != 0
    elif "text" in split:
        vectors = split.numbers("text", count, None, None)
        real = np.stack([rows.any(axis=1) for rows in vectors])
    else:
        return None
    rows = real.shape[1]
    padding = real[:, ::-1].argmax(axis=1)
    lengths = np.where(real.any(axis=1), rows - padding, 0).astype(np.int64)
    return _Text(lengths, rows)


def _sequences(
    split: PaddedSplit, key: str, name: str, count: int, text: _Text | None
) -> tuple[Ragged, Counter[str]]:
    lengths, told = split.lengths(f"{key}_lengths", count), Counter[str]()
    if lengths is None and text and split.numbers(key, count, None, None).shape[1] == text.rows:
        lengths, told[f"lengths of {name} from the padding of the text"] = text.lengths, count
    elif lengths is None:
        told[f"lengths of {name} unknown, all rows kept"] = count
    sequences, repaired = split.sequences(key, name, count, lengths)
    return sequences, told + repaired


def _words(texts: list[str]) -> Ragged:
    sentences = [[word for word in text.split(" ") if word] for text in texts]
    words = np.array([word for sentence in sentences for word in sentence], dtype=object)
    return Ragged(words, np.cumsum([0, *map(len, sentences)]))
