"""Encoders: one vector per segment from a sequence of states."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn

from evenfuse.nn.batch_norm import BatchNorm
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.pooling import last_real, mean_of_real

WIDE = 512  # features from which an LSTM of one layer is faster without oneDNN


class Encoder(nn.Module, ABC):
    """Turns states (batch, time, feature) into one vector of size `width`."""

    width: int

    @abstractmethod
    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width); beyond `lengths` nothing is seen."""

    def activate(self, mapped: Tensor) -> Tensor:
        """Return Z_i from what the last linear map above this encoder gives: here the same."""
        return mapped


class LstmEncoder(Encoder):
    """Unidirectional LSTM (sLSTM in eq. (2), (3)); its state after the last real frame."""

    def __init__(self, features: int, width: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(features, width, layers, batch_first=True, dropout=between)
        self.wide = layers == 1 and features >= WIDE
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width)."""
        with _without_onednn() if self.wide else nullcontext():
            # a unidirectional LSTM's earlier states do not know the padding, so nothing is packed
            return last_real(self.lstm(states)[0], lengths)


class FirstState(Encoder):
    """The first state: BERT's [CLS]."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Take (batch, width) from (batch, time, width)."""
        return states[:, 0]


class MeanState(Encoder):
    """The mean over the real states."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Take (batch, width) from (batch, time, width)."""
        return mean_of_real(states, lengths)


class MeanDnn(Encoder):
    """Mean over the real frames, batch norm, dropout and two maps with ReLU.

    With the last linear map above it, also with ReLU, this is the subnetwork of audio and video in
    the Tensor Fusion Network (Zadeh et al. 2017, sec. 4.1).
    """

    def __init__(self, features: int, width: int, dropout: float):
        super().__init__()
        self.maps = nn.Sequential(
            BatchNorm(features),
            Dropout(dropout),
            nn.Linear(features, width),
            nn.ReLU(),
            nn.Linear(width, width),
            nn.ReLU(),
        )
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width)."""
        encoded: Tensor = self.maps(mean_of_real(states, lengths))
        return encoded

    def activate(self, mapped: Tensor) -> Tensor:
        """Return ReLU of what the last linear map gives."""
        return mapped.relu()


class WithDropout(Encoder):
    """Another encoder, and dropout on its vector."""

    def __init__(self, encoder: Encoder, dropout: float):
        super().__init__()
        self.encoder = encoder
        self.dropout = Dropout(dropout)
        self.width = encoder.width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width)."""
        dropped: Tensor = self.dropout(self.encoder(states, lengths))
        return dropped

    def activate(self, mapped: Tensor) -> Tensor:
        """Return what the other encoder makes of it."""
        return self.encoder.activate(mapped)


def pooled_text(width: int, pooling: str) -> Encoder:
    """Return what makes one vector of BERT's states: `pooling` is cls or mean."""
    return FirstState(width) if pooling == "cls" else MeanState(width)


@contextmanager
def _without_onednn() -> Iterator[None]:
    """Leave oneDNN out: it also computes the gradient of the input, which frames never need."""
    before = torch.backends.mkldnn.set_flags(_enabled=False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(_enabled=before[0])
