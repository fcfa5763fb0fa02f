"""Encoders: from a sequence of states to one vector per segment."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import Tensor, nn

from evenfuse.nn.batch_norm import BatchNorm
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.pooling import last_real, mean_of_real

WIDE = 512  # from this many features on, an LSTM of one layer is faster without oneDNN


class Encoder(nn.Module, ABC):
    """Turns states (batch, time, feature) into one vector of size `width`."""

    width: int

    @abstractmethod
    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width), ignoring what is beyond `lengths`."""

    def activate(self, mapped: Tensor) -> Tensor:
        """Return Z_i from the output of the last linear map above this encoder: the same."""
        return mapped


class LstmEncoder(Encoder):
    """Unidirectional LSTM (sLSTM in eq. (2), (3)), whose state after the last real frame counts."""

    def __init__(self, features: int, width: int, layers: int = 1, dropout: float = 0.0):
        super().__init__()
        between = dropout if layers > 1 else 0.0
        self.lstm = nn.LSTM(features, width, layers, batch_first=True, dropout=between)
        self.wide = layers == 1 and features >= WIDE
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width)."""
        with _without_onednn() if self.wide else nullcontext():
            # earlier states of a unidirectional LSTM do not see the padding: no need to pack
            return last_real(self.lstm(states)[0], lengths)


class FirstState(Encoder):
    """Takes the first state, BERT's [CLS]."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Take (batch, width) from (batch, time, width)."""
        return states[:, 0]


class MeanState(Encoder):
    """Takes the mean over the real states."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Take (batch, width) from (batch, time, width)."""
        return mean_of_real(states, lengths)


class MeanDnn(Encoder):
    """Mean over the real frames, batch norm, dropout and two maps with ReLU.

    With the last linear map above it, again with ReLU, this is the subnetwork of audio and video in
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
        """Return the ReLU of the output of the last linear map."""
        return mapped.relu()


class WithDropout(Encoder):
    """Another encoder, followed by dropout."""

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
        """Return the other encoder's activation."""
        return self.encoder.activate(mapped)


def pooled_text(width: int, pooling: str) -> Encoder:
    """Return the encoder that pools BERT's states by `pooling`, cls or mean."""
    return FirstState(width) if pooling == "cls" else MeanState(width)


@contextmanager
def _without_onednn() -> Iterator[None]:
    """Switch oneDNN off: it also computes the gradient of the input, which frames never need."""
    before = torch.backends.mkldnn.set_flags(_enabled=False)
    try:
        yield
    finally:
        torch.backends.mkldnn.set_flags(_enabled=before[0])
