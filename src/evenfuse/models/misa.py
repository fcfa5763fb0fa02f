"""MISA: Hazarika, Zimmermann and Poria (ACM MM 2020, arXiv 2005.03545)."""

from collections.abc import Mapping
from itertools import combinations

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.nn import objective
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.encoders import Encoder, MeanState
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.objective import Losses, Task
from evenfuse.nn.readers import Reader
from evenfuse.settings.models.misa import Settings

MOMENTS = 5  # of the central moment discrepancy
NORM_EPS = 1e-6


class Model(SentimentModel):
    """A private and a shared view of every modality; all attend to one another, then predict."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers)
        width, number = settings.width, len(readers)
        encoders = {name: _encoder(name, reader) for name, reader in readers.items()}
        self.encoders = nn.ModuleDict(encoders)
        self.projections = nn.ModuleDict(
            {name: _projection(encoder.width, width) for name, encoder in encoders.items()}
        )
        self.private = nn.ModuleDict({name: nn.Linear(width, width) for name in readers})
        self.shared = nn.Linear(width, width)
        self.transformer = nn.TransformerEncoderLayer(
            width,
            settings.heads,
            settings.feed_forward,
            settings.attention_dropout,
            batch_first=True,
        )
        self.head = nn.Sequential(
            nn.Linear(2 * number * width, number * width),
            Dropout(settings.dropout),
            nn.ReLU(),
            nn.Linear(number * width, outputs),
        )

    def forward(self, batch: Batch) -> Output:
        """Predict a batch; the parts are (modality, batch, width)."""
        states = [self._state(batch, name) for name in self.modalities]
        named = list(zip(self.modalities, states, strict=True))
        private = [self.private[name](state).sigmoid() for name, state in named]
        shared = [self.shared(state).sigmoid() for state in states]
        attended = self.transformer(torch.stack([*private, *shared], dim=1))
        views = {"states": states, "private": private, "shared": shared}
        parts = {name: torch.stack(view) for name, view in views.items()}
        return Output(self.head(attended.flatten(1)), parts=parts)

    def _state(self, batch: Batch, modality: str) -> Tensor:
        encoded = self.encoders[modality](*self.read(batch, modality))
        state: Tensor = self.projections[modality](encoded)
        return state


class Objective(objective.Objective):
    """Shared views alike, private ones different, and both together the whole: sec. 3.5.

    Its own maps make each modality's state again from its two views. The losses that compare
    distributions are 0 for a batch of one, which has none.
    """

    def __init__(self, settings: Settings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        self.settings = settings
        width = settings.width
        self.reconstruct = nn.ModuleList(nn.Linear(width, width) for _ in model.modalities)

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the task's loss and the three others, each with its weight."""
        private, shared = output.parts["private"], output.parts["shared"]
        similarity = difference = output.prediction.new_zeros(())
        if len(batch) > 1:
            similarity = torch.stack([discrepancy(*p) for p in combinations(shared, 2)]).mean()
            pairs = [*zip(private, shared, strict=True), *combinations(private, 2)]
            difference = torch.stack([overlap(*pair) for pair in pairs]).sum()
        auxiliary = {
            "similarity": self.settings.similarity_weight * similarity,
            "difference": self.settings.difference_weight * difference,
            "reconstruction": self.settings.reconstruction_weight * self.missed(output),
        }
        return Losses(self.task(output.prediction, batch.labels), auxiliary)

    def missed(self, output: Output) -> Tensor:
        """Return what the two views miss of the states: a mean square; the states learn too."""
        both = output.parts["private"] + output.parts["shared"]
        again = torch.stack([r(view) for r, view in zip(self.reconstruct, both, strict=True)])
        return (output.parts["states"] - again).square().mean()


def discrepancy(first: Tensor, second: Tensor) -> Tensor:
    """Return the central moment discrepancy of two views (batch, width) with entries in [0, 1].

    The norms of the differences of their means and of their central moments up to the fifth.
    """
    means = [view.mean(dim=0) for view in (first, second)]
    centred = [view - mean for view, mean in zip((first, second), means, strict=True)]
    differences = [means[0] - means[1]] + [
        centred[0].pow(k).mean(dim=0) - centred[1].pow(k).mean(dim=0) for k in range(2, MOMENTS + 1)
    ]
    # unlike a square root, this norm has a gradient at 0
    return torch.stack([torch.linalg.vector_norm(d) for d in differences]).sum()


def overlap(first: Tensor, second: Tensor) -> Tensor:
    """Return how much two views (batch, width) overlap: the mean square of X'Y's entries.

    Both are centred over the batch, then each row is divided by its norm, a constant.
    """
    scaled = []
    for view in (first, second):
        centred = view - view.mean(dim=0)
        norm = torch.linalg.vector_norm(centred, dim=1, keepdim=True).detach()
        scaled.append(centred / (norm + NORM_EPS))
    products: Tensor = scaled[0].T @ scaled[1]
    return products.square().mean()


class TwiceEncoded(Encoder):
    """Two bidirectional LSTMs with a layer norm between them; the last states of both."""

    def __init__(self, features: int):
        super().__init__()
        self.first = nn.LSTM(features, features, batch_first=True, bidirectional=True)
        self.norm = nn.LayerNorm(2 * features)
        self.second = nn.LSTM(2 * features, features, batch_first=True, bidirectional=True)
        self.width = 4 * features

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, 4 feature): forward 1, 2, then backward 1, 2."""
        lengths = lengths.cpu()
        packed = pack_padded_sequence(states, lengths, batch_first=True, enforce_sorted=False)
        between, (first, _) = self.first(packed)
        padded, _ = pad_packed_sequence(between, batch_first=True)
        packed = pack_padded_sequence(
            self.norm(padded), lengths, batch_first=True, enforce_sorted=False
        )
        _, (second, _) = self.second(packed)
        return torch.cat([first, second], dim=2).transpose(0, 1).flatten(1)


def _encoder(modality: str, reader: Reader) -> Encoder:
    return MeanState(reader.width) if modality == "text" else TwiceEncoded(reader.width)


def _projection(features: int, width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(features, width), nn.ReLU(), nn.LayerNorm(width))
