"""Predictions of a trained model for a split."""

import torch
from torch import Tensor

from evenfuse.batching.corpus import Corpus
from evenfuse.batching.order import sorted_batches
from evenfuse.nn.model import SentimentModel

BATCH_SIZE = 128


def predict(model: SentimentModel, corpus: Corpus, device: torch.device) -> Tensor:
    """Return the predictions (segment, output), in the order of the corpus."""
    model.eval()
    order = sorted_batches(corpus.lengths(), BATCH_SIZE)
    with torch.inference_mode():
        batches = [model(batch).prediction.cpu() for batch in corpus.batches(order, device)]
    predicted = torch.cat(batches)
    return predicted[torch.cat(order).argsort()]
