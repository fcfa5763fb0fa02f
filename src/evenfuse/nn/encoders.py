"""Encoders: one vector per segment from a sequence of states."""

from abc import ABC, abstractmethod

from torch import Tensor, nn

from evenfuse.nn.pooling import last_real, mean_of_real


class Encoder(nn.Module, ABC):
    """Turns states (batch, time, feature) into one vector of size `width`."""

    width: int

    @abstractmethod
    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width); beyond `lengths` nothing is seen."""


class LstmEncoder(Encoder):
    """Unidirectional LSTM (sLSTM in eq. (2), (3)); its state after the last real frame."""

    def __init__(self, features: int, width: int):
        super().__init__()
        self.lstm = nn.LSTM(features, width, batch_first=True)
        self.width = width

    def forward(self, states: Tensor, lengths: Tensor) -> Tensor:
        """Encode (batch, time, feature) to (batch, width)."""
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
