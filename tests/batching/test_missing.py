"""What is missing, and what stands in its place."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.missing import ModalityDropout, with_missing
from evenfuse.batching.ragged import RaggedTensor
from evenfuse.batching.words import NO_WORD

CLS, SEP, UNK = 2, 3, 1
FILLS = {"text": torch.tensor(UNK), "audio": torch.tensor([-5.0, -6.0])}


def ragged(values: Tensor, each: int) -> RaggedTensor:
    return RaggedTensor(values, torch.arange(0, len(values) + 1, each))


@pytest.fixture
def corpus() -> Corpus:
    """100 segments of 6 tokens and 10 frames."""
    tokens = torch.tensor([CLS, 10, 11, 12, 13, SEP]).repeat(100)
    heads = torch.tensor([NO_WORD, 0, 0, 0, 0, NO_WORD]).repeat(100)
    frames = torch.arange(2000.0).view(1000, 2)
    sequences = {"text": ragged(tokens, 6), "audio": ragged(frames, 10)}
    names = [str(i) for i in range(100)]
    return Corpus(names, sequences, torch.zeros(100, 1), None, ragged(heads, 6))


def lost(corpus: Corpus, modality: str) -> Tensor:
    values = corpus.sequences[modality].values
    return (values == FILLS[modality]).view(len(values), -1).all(dim=1)


def test_a_share_of_the_rows_is_missing_and_the_rest_is_as_it_was(corpus: Corpus) -> None:
    seen = with_missing(corpus, {"audio": 0.3}, 1, FILLS)
    gone, before = lost(seen, "audio"), corpus.sequences["audio"].values
    assert 250 < gone.sum() < 350  # more than three standard deviations either way
    assert torch.equal(seen.sequences["audio"].values[~gone], before[~gone])
    assert torch.equal(seen.sequences["audio"].offsets, corpus.sequences["audio"].offsets)
    assert seen.sequences["text"] is corpus.sequences["text"]
    assert before[0].tolist() == [0, 1]  # the corpus itself stays


def test_at_higher_rates_more_is_missing_of_the_same(corpus: Corpus) -> None:
    few, many = (lost(with_missing(corpus, {"audio": r}, 1, FILLS), "audio") for r in (0.2, 0.6))
    assert (many | few).equal(many)
    assert many.sum() > few.sum()


def test_rows_depend_on_seed_and_modality(corpus: Corpus) -> None:
    twins = replace(corpus, sequences=dict.fromkeys(("a", "b"), corpus.sequences["audio"]))
    fills = dict.fromkeys(("a", "b"), FILLS["audio"])
    first, second = (with_missing(twins, {"a": 0.5, "b": 0.5}, seed, fills) for seed in (1, 2))
    values = [s.sequences[name].values for s in (first, second) for name in ("a", "b")]
    assert not any(values[0].equal(other) for other in values[1:])
    again = with_missing(twins, {"a": 0.5, "b": 0.5}, 1, fills)
    assert again.sequences["a"].values.equal(values[0])


def test_an_absent_text_keeps_its_ends_and_loses_its_parse(corpus: Corpus) -> None:
    seen = with_missing(corpus, {"text": 1.0}, 1, FILLS)
    assert seen.sequences["text"].values.tolist() == [CLS, UNK, UNK, UNK, UNK, SEP] * 100
    assert seen.heads is not None
    assert (seen.heads.values == NO_WORD).all()


def test_nothing_is_missing_at_rate_0(corpus: Corpus) -> None:
    seen = with_missing(corpus, {"text": 0.0, "audio": 0.0}, 1, FILLS)
    for name, sequence in corpus.sequences.items():
        assert seen.sequences[name].values.equal(sequence.values)


def dropped(corpus: Corpus, rate: float) -> Batch:
    torch.manual_seed(0)
    return ModalityDropout(rate, FILLS)(corpus.batch(torch.arange(100).repeat(10)))


def test_each_modality_of_a_segment_is_absent_by_chance_and_one_stays(corpus: Corpus) -> None:
    batch = dropped(corpus, 0.4)
    text = (batch.sequences["text"][:, 1:-1] == UNK).all(dim=1)
    audio = (batch.sequences["audio"] == FILLS["audio"]).all(dim=2).all(dim=1)
    # 0.4 of 1000, but for half of the 0.16 that would have lost both
    for gone in (text, audio):
        assert 0.27 < gone.float().mean() < 0.37
    assert not (text & audio).any()
    assert (batch.sequences["text"][:, [0, -1]] == torch.tensor([CLS, SEP])).all()
    assert batch.heads is not None
    assert (batch.heads[text] == NO_WORD).all() and (batch.heads[~text][:, 1:-1] == 0).all()
    whole = corpus.batch(torch.arange(100).repeat(10)).sequences["audio"]
    assert batch.sequences["audio"][~audio].equal(whole[~audio])


def test_padding_stays(corpus: Corpus) -> None:
    shorter = RaggedTensor(corpus.sequences["audio"].values, torch.tensor([0, 10, 13]))
    pair = Corpus(["a", "b"], {"audio": shorter, "other": shorter}, torch.zeros(2, 1))
    torch.manual_seed(0)
    hide = ModalityDropout(0.9, dict.fromkeys(("audio", "other"), FILLS["audio"]))
    seen = hide(pair.batch(torch.tensor([0, 1])))
    for name in ("audio", "other"):
        assert (seen.sequences[name][1, 3:] == 0).all()
