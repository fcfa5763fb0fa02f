"""A trained model that predicts: what programs other than the workflow load."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from numpy.typing import NDArray

from evenfuse.assembly.build import MOST_UNKNOWN, columns, read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.batching.corpus import Corpus
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.predict import predict
from evenfuse.nn.text import Tokenizer
from evenfuse.settings.run import RunSettings


@dataclass(frozen=True)
class TrainedModel:
    """A trained model with the settings of its run; `network` is the module in torch."""

    network: SentimentModel = field(repr=False)
    settings: RunSettings = field(repr=False)
    tokenizer: Tokenizer | None = field(repr=False)
    name: str
    modalities: tuple[str, ...]
    outputs: tuple[str, ...]

    def predict(self, segments: Segments, device: str = "cpu") -> NDArray[Any]:
        """Return the predictions (segment, output) of segments; they need no labels.

        Raises:
            EvenfuseError: if the segments do not fit the model.
        """
        predicted: NDArray[Any] = self.answer(self.read(segments), device).prediction.numpy()
        return predicted

    def answer(self, corpus: Corpus, device: str = "cpu") -> Output:
        """Return all that the model says of what it has read, attention included."""
        target = torch.device(device)
        return predict(self.network.to(target), corpus, target)

    def read(self, segments: Segments) -> Corpus:
        """Return segments as the model sees them; raise as `predict`."""
        corpus = read_corpus(self.settings, segments, self.tokenizer)
        for name, width in corpus.widths().items():
            expected = self.network.readers[name].width
            if width != expected:
                raise EvenfuseError(
                    f"'{name}' has {width} features per row, but the model was trained with "
                    f"{expected}; give it the features that it was trained with"
                )
        if self.tokenizer:
            self._check_words(self.tokenizer.unknown(corpus.sequences["text"].values))
        return corpus

    def _check_words(self, unknown: float) -> None:
        if unknown > MOST_UNKNOWN:
            raise EvenfuseError(
                f"the model does not know {unknown:.0%} of the words; give it texts in the "
                "language that it was trained with"
            )


def load(folder: str | Path) -> TrainedModel:
    """Load the model that a run has trained, from the folder `model` in the run's own.

    Raises:
        EvenfuseError: if a part of it is missing or does not fit.
    """
    network, settings, tokenizer = load_model(Path(folder))
    return TrainedModel(
        network=network,
        settings=settings,
        tokenizer=tokenizer,
        name=settings.model.name,
        modalities=tuple(settings.modalities),
        outputs=columns(settings),
    )
