"""Predictions of a trained model for a split."""

import torch
from torch import Tensor

from evenfuse.batching.corpus import Corpus
from evenfuse.batching.order import sorted_batches
from evenfuse.nn.model import Output, SentimentModel

BATCH_SIZE = 128


def predict(model: SentimentModel, corpus: Corpus, device: torch.device) -> Output:
    """Return what a model and its other networks predict (segment, output), in corpus order."""
    model.eval()
    order = sorted_batches(corpus.lengths(), BATCH_SIZE)
    with torch.inference_mode():
        batches = [_by_network(model(batch)) for batch in corpus.batches(order, device)]
    places = torch.cat(order).argsort()
    whole = {name: torch.cat([each[name] for each in batches])[places] for name in batches[0]}
    return Output(whole.pop(""), others=whole)


def _by_network(output: Output) -> dict[str, Tensor]:
    return {name: each.cpu() for name, each in {"": output.prediction, **output.others}.items()}
