"""What the training loop knows of a model."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple, cast

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.inputs import Input


class Output(NamedTuple):
    """A model's `prediction` (batch, column) and named numbers per modality that are logged."""

    prediction: Tensor
    watched: dict[str, Tensor]


class SentimentModel(nn.Module, ABC):
    """Predicts the labels of a batch from the sequences of its modalities.

    `inputs` turns what a cache holds into sequences of states, one reader per modality. A model
    that a balancer can balance has `fusion_weights` w (modality,), a buffer: part of its state,
    of no optimizer; in all others it is empty.
    """

    fusion_weights: Tensor

    def __init__(self, inputs: Mapping[str, Input]):
        super().__init__()
        self.modalities = list(inputs)
        self.inputs = nn.ModuleDict(inputs)
        self.register_buffer("fusion_weights", torch.ones(0))

    @abstractmethod
    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""

    def last_map_weights(self) -> list[nn.Parameter]:
        """Return the weight of each modality's last linear map; none if there are no such maps."""
        return []

    def read(self, batch: Batch, modality: str) -> tuple[Tensor, Tensor]:
        """Return a modality's states (batch, time, width) and their lengths (batch,)."""
        lengths = batch.lengths[modality]
        return cast(Tensor, self.inputs[modality](batch.sequences[modality], lengths)), lengths
