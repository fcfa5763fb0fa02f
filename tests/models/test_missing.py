"""An absent modality is absent: no model can tell what it was."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor

from evenfuse.assembly.build import fills, fit_standardizers
from evenfuse.batching.corpus import Corpus
from evenfuse.batching.missing import with_missing
from evenfuse.batching.ragged import RaggedTensor
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.predict import predict
from evenfuse.nn.text import Tokenizer
from tests.models.conftest import ONE_EACH, Make, over

CPU = torch.device("cpu")


def predicted(
    model: SentimentModel, corpus: Corpus, absent: str, fill: Mapping[str, Tensor]
) -> Tensor:
    return predict(model, with_missing(corpus, {absent: 1.0}, 1, fill), CPU).prediction


def otherwise(corpus: Corpus, modality: str) -> Corpus:
    """The same corpus with other content of one modality."""
    sequence = corpus.sequences[modality]
    values = sequence.values.clone()
    if modality == "text":
        inner = torch.ones(len(values), dtype=torch.bool)
        inner[sequence.offsets[:-1]] = inner[sequence.offsets[1:] - 1] = False
        values[inner] = 7
    else:
        values = values.flip(0) * 3 - 1
    changed = {**corpus.sequences, modality: RaggedTensor(values, sequence.offsets)}
    return replace(corpus, sequences=changed)


@over(ONE_EACH)
def test_no_model_can_tell_what_is_absent(
    make: Make, vocabulary: Path, name: str, modalities: list[str]
) -> None:
    model, corpus, _ = make(name, modalities)
    fit_standardizers(model, corpus)
    fill = fills(model, Tokenizer(str(vocabulary)) if "text" in modalities else None)
    whole = predict(model, corpus, CPU).prediction
    for modality in modalities:
        other = otherwise(corpus, modality)
        assert not torch.equal(predict(model, other, CPU).prediction, whole)
        without = predicted(model, corpus, modality, fill)
        assert torch.isfinite(without).all()
        assert torch.equal(predicted(model, other, modality, fill), without)


@pytest.mark.parametrize("modality", ["audio", "video"])  # audio is compressed, video is not
def test_a_missing_frame_is_zero_to_a_model(make: Make, modality: str) -> None:
    model, corpus, _ = make("awf", ["audio", "video"])
    fit_standardizers(model, corpus)
    hidden = with_missing(corpus, {modality: 1.0}, 1, fills(model, None))
    states, lengths = model.read(hidden.batch(torch.arange(6)), modality)
    assert lengths.equal(corpus.batch(torch.arange(6)).lengths[modality])
    torch.testing.assert_close(states, torch.zeros_like(states), rtol=0, atol=1e-5)
