"""A split as the models see it: what a batch knows of its segments."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from evenfuse.batching.corpus import Corpus
from evenfuse.batching.words import NO_WORD
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Ragged, Segments
from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer

NAMES = ["text", "audio", "video"]


@pytest.fixture
def segments(cache: Path) -> Segments:
    """The training split, with four labels per segment as CH-SIMS has."""
    read = read_cache(cache / "train.h5")
    labels = np.arange(4 * len(read), dtype=np.float32).reshape(-1, 4)
    return replace(read, labels=labels)


def test_a_batch_knows_its_segments_and_all_their_labels(segments: Segments) -> None:
    corpus = Corpus.from_segments(segments, ["audio"], None)
    batch = corpus.batch(torch.tensor([7, 2, 5]))
    assert batch.index.tolist() == [7, 2, 5]
    assert batch.labels.tolist() == segments.labels[[7, 2, 5]].tolist()
    assert batch.to(torch.device("cpu")).index.tolist() == [7, 2, 5]
    assert batch.rows is None


def test_tokens_know_the_rows_of_their_words(segments: Segments, vocabulary: Path) -> None:
    tokenizer = Tokenizer(str(vocabulary))
    corpus = Corpus.from_segments(segments, NAMES, tokenizer, word_rows=True)
    index = torch.tensor([3, 0, 9])
    batch = corpus.batch(index)
    assert batch.rows is not None
    assert batch.rows.shape == batch.sequences["text"].shape
    for place, number in enumerate(index.tolist()):
        length, rows = int(batch.lengths["text"][place]), batch.rows[place]
        inner = rows[1 : length - 1]
        assert rows[0] == rows[length - 1] == NO_WORD
        assert (rows[length:] == NO_WORD).all()
        assert set(inner.tolist()) == set(np.flatnonzero(segments.words[number] != "").tolist())
        assert (inner.diff() >= 0).all()
        assert inner.max() < batch.lengths["audio"][place]
    (moved,) = corpus.batches([index], torch.device("cpu"))
    assert torch.equal(moved.rows, batch.rows)


def test_rows_are_refused_where_a_modality_has_others(segments: Segments, vocabulary: Path) -> None:
    audio = segments.features["audio"]
    offsets = audio.offsets.copy()
    offsets[4:-1] -= 1
    shifted = replace(
        segments, features={**segments.features, "audio": Ragged(audio.values, offsets)}
    )
    tokenizer = Tokenizer(str(vocabulary))
    with pytest.raises(EvenfuseError) as caught:
        Corpus.from_segments(shifted, NAMES, tokenizer, word_rows=True)
    told = str(caught.value)
    assert f"'{segments.ids[3]}'" in told
    assert "aligned to the words" in told
    assert Corpus.from_segments(shifted, NAMES, tokenizer)  # a model that does not ask is given it
