"""The pickles of MMSA: CMU-MOSI, CMU-MOSEI and CH-SIMS, aligned and unaligned.

`{"train", "valid", "test"}` -> raw_text, id, audio (segment, time, feature), vision,
text (segment, token, 768), text_bert (segment, 3, token: ids, mask, segment), audio_lengths,
vision_lengths, regression_labels; CH-SIMS also regression_labels_T, _A and _V, labels per modality.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenfuse.cache.segments import Ragged, Segments, as_float32
from evenfuse.cache.splits import Part
from evenfuse.datasets.padded import PaddedSplit, read_splits

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
    count = len(split.numbers(LABELS, None))
    labels = np.stack([_labels(split, key, count) for key in keys], axis=1)
    parts = {
        "audio": split.sequences("audio", "audio", count, split.lengths("audio_lengths", count)),
        "video": split.sequences("vision", "video", count, split.lengths("vision_lengths", count)),
    }
    if vectors:
        parts["vectors"] = split.sequences("text", "vectors", count, _tokens(split, count))
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
    labels = as_float32(split.numbers(key, count), key)
    wrong = np.flatnonzero(~np.isfinite(labels))
    if len(wrong):
        what = f"has a label that is not a number, of segment {wrong[0]}; correct or remove it"
        raise split.wrong(key, what)
    return labels


def _tokens(split: PaddedSplit, count: int) -> NDArray[np.int64] | None:
    if "text_bert" not in split:
        return None
    mask = split.numbers("text_bert", count, 3, None)[:, 1]
    return np.asarray(np.count_nonzero(mask, axis=1), dtype=np.int64)


def _words(texts: list[str]) -> Ragged:
    sentences = [[word for word in text.split(" ") if word] for text in texts]
    words = np.array([word for sentence in sentences for word in sentence], dtype=object)
    return Ragged(words, np.cumsum([0, *map(len, sentences)]))
