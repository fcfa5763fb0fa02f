"""What MulT, LMF-MulT and Fusion-Based-CM-Attn-MulT have in common."""

import pytest
import torch

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.parts import parse_part
from tests.models.conftest import Make

MODALITIES = ["vectors", "audio", "video"]
each = pytest.mark.parametrize("name", ["mult", "lmf_mult", "cm_attn"])


def beyond(batch: Batch, value: float) -> Batch:
    """The same batch, with this value in all its padding."""
    filled = {
        name: torch.where(
            torch.arange(s.shape[1])[:, None] < batch.lengths[name][:, None, None], s, value
        )
        for name, s in batch.sequences.items()
    }
    return Batch(filled, batch.lengths, batch.labels, batch.index)


@each
def test_what_is_beyond_the_end_has_no_influence(make: Make, name: str) -> None:
    model, corpus, _ = make(name, MODALITIES)
    batch = corpus.batch(torch.arange(8))
    assert any((batch.lengths[m] < batch.sequences[m].shape[1]).any() for m in MODALITIES)
    with torch.inference_mode():
        plain = model.eval()(batch).prediction
        for garbage in (1e6, float("nan")):
            assert torch.equal(model(beyond(batch, garbage)).prediction, plain)


@each
def test_gradients_survive_garbage_beyond_the_end(make: Make, name: str) -> None:
    model, corpus, _ = make(name, MODALITIES)
    batch = beyond(corpus.batch(torch.arange(8)), float("nan"))
    model(batch).prediction.sum().backward()
    assert all(p.grad.isfinite().all() for p in model.parameters())


@each
def test_order_within_a_batch_means_nothing(make: Make, name: str) -> None:
    model, corpus, _ = make(name, MODALITIES)
    order = torch.tensor([4, 0, 3, 1, 2])
    with torch.inference_mode():
        straight = model.eval()(corpus.batch(torch.arange(5))).prediction
        shuffled = model(corpus.batch(order)).prediction
    torch.testing.assert_close(shuffled, straight[order], rtol=1e-5, atol=1e-6)


@each
def test_every_modality_matters(make: Make, name: str) -> None:
    model, corpus, _ = make(name, MODALITIES)
    batch = corpus.batch(torch.arange(3))
    plain = model.eval()(batch).prediction
    for modality in MODALITIES:
        other = {**batch.sequences, modality: batch.sequences[modality] * 2}
        changed = model(Batch(other, batch.lengths, batch.labels, batch.index)).prediction
        assert (changed != plain).all()


@each
def test_heads_must_divide_the_width(name: str) -> None:
    with pytest.raises(EvenfuseError, match="heads must divide width"):
        parse_part("models", {"name": name, "width": 10, "heads": 4}, "model")


@each
def test_one_modality_has_nothing_to_attend_to(name: str) -> None:
    settings = parse_part("models", {"name": name}, "model")
    settings.check_modalities(["audio", "video"])
    with pytest.raises(EvenfuseError, match=f"{name} .* needs two or more, not only audio"):
        settings.check_modalities(["audio"])
