"""Predictions of a trained model for a split, and what it predicts from."""

from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.order import sorted_batches
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.model import Output, SentimentModel

BATCH_SIZE = 128
Computed = TypeVar("Computed")


def predict(model: SentimentModel, corpus: Corpus, device: torch.device) -> Output:
    """Return what a model and its other networks predict (segment, output), in corpus order.

    The answer holds the attention that a model pays to the modalities, too, if it pays any.
    """
    batches, places = _of_batches(model, corpus, device, lambda batch: _kept(model(batch)))

    def whole(parts: list[Tensor]) -> Tensor:
        return torch.cat(parts)[places]

    attention = [batch.attention for batch in batches if batch.attention is not None]
    return Output(
        whole([batch.prediction for batch in batches]),
        others={n: whole([batch.others[n] for batch in batches]) for n in batches[0].others},
        attention=whole(attention) if attention else None,
    )


def represent(model: LateFusion, corpus: Corpus, device: torch.device) -> dict[str, Tensor]:
    """Return Z_i (segment, width) of every modality, in the order of the corpus."""
    batches, places = _of_batches(
        model, corpus, device, lambda batch: torch.cat(model.represent(batch), dim=1).cpu()
    )
    parts = torch.cat(batches)[places].split(model.widths(), dim=1)
    return dict(zip(model.modalities, parts, strict=True))


def _of_batches(
    model: SentimentModel,
    corpus: Corpus,
    device: torch.device,
    compute: Callable[[Batch], Computed],
) -> tuple[list[Computed], Tensor]:
    """Return what is computed of each batch, and where the segments then are (segment,)."""
    model.eval()
    order = sorted_batches(corpus.lengths(), BATCH_SIZE)
    with torch.inference_mode():
        batches = [compute(batch) for batch in corpus.batches(order, device)]
    return batches, torch.cat(order).argsort()


def _kept(output: Output) -> Output:
    """Return what is kept of a batch, on the CPU: the rest fills the memory."""
    return Output(
        output.prediction.cpu(),
        others={name: each.cpu() for name, each in output.others.items()},
        attention=None if output.attention is None else output.attention.cpu(),
    )
