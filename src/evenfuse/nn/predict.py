"""Predictions of a trained model for a split."""

import torch
from torch import Tensor

from evenfuse.batching.corpus import Corpus
from evenfuse.batching.order import sorted_batches
from evenfuse.nn.model import Output, SentimentModel

BATCH_SIZE = 128


def predict(model: SentimentModel, corpus: Corpus, device: torch.device) -> Output:
    """Return what a model and its other networks predict (segment, output), in corpus order.

    The answer holds the attention that a model pays to the modalities, too, if it pays any.
    """
    model.eval()
    order = sorted_batches(corpus.lengths(), BATCH_SIZE)
    with torch.inference_mode():
        batches = [_kept(model(batch)) for batch in corpus.batches(order, device)]
    places = torch.cat(order).argsort()

    def whole(parts: list[Tensor]) -> Tensor:
        return torch.cat(parts)[places]

    attention = [batch.attention for batch in batches if batch.attention is not None]
    return Output(
        whole([batch.prediction for batch in batches]),
        others={n: whole([batch.others[n] for batch in batches]) for n in batches[0].others},
        attention=whole(attention) if attention else None,
    )


def _kept(output: Output) -> Output:
    """Return what is kept of a batch, on the CPU: the rest fills the memory."""
    return Output(
        output.prediction.cpu(),
        others={name: each.cpu() for name, each in output.others.items()},
        attention=None if output.attention is None else output.attention.cpu(),
    )
