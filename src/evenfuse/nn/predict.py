"""Predictions of a trained model for a split, and what it predicts from."""

from collections.abc import Callable

import torch
from torch import Tensor

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.order import sorted_batches
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.model import SentimentModel

BATCH_SIZE = 128


def predict(model: SentimentModel, corpus: Corpus, device: torch.device) -> Tensor:
    """Return the predictions (segment, output), in the order of the corpus."""
    return _of_segments(model, corpus, device, lambda batch: model(batch).prediction)


def represent(model: LateFusion, corpus: Corpus, device: torch.device) -> dict[str, Tensor]:
    """Return Z_i (segment, width) of every modality, in the order of the corpus."""
    joined = _of_segments(model, corpus, device, lambda batch: torch.cat(model.represent(batch), 1))
    return dict(zip(model.modalities, joined.split(model.widths(), dim=1), strict=True))


def _of_segments(
    model: SentimentModel,
    corpus: Corpus,
    device: torch.device,
    compute: Callable[[Batch], Tensor],
) -> Tensor:
    model.eval()
    order = sorted_batches(corpus.lengths(), BATCH_SIZE)
    with torch.inference_mode():
        batches = [compute(batch).cpu() for batch in corpus.batches(order, device)]
    return torch.cat(batches)[torch.cat(order).argsort()]
