"""What the training loop knows of a model."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import cast

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.readers import Reader


@dataclass(frozen=True)
class Output:
    """What a model gives for a batch.

    `prediction` is (batch, output). `logged` holds numbers per modality for the history, `parts`
    whatever the model's own objective reads. A late-fusion model adds its `representations`, Z_i
    (batch, width) of every modality with their graph, and `predict_again`, which makes the same
    prediction from what its encoders gave, through the last linear maps and the head alone.
    """

    prediction: Tensor
    logged: dict[str, Tensor] = field(default_factory=dict)
    parts: dict[str, Tensor] = field(default_factory=dict)
    representations: list[Tensor] = field(default_factory=list)
    predict_again: Callable[[], Tensor] | None = None


class SentimentModel(nn.Module, ABC):
    """Predicts the labels of a batch from the sequences of its modalities.

    `readers` turn what a cache holds into sequences of states, one per modality. A late-fusion
    model, which a balancer can balance, has `fusion_weights` w (modality,), a buffer: part of its
    state, of no optimizer; in all others it is empty.
    """

    fusion_weights: Tensor

    def __init__(self, readers: Mapping[str, Reader]):
        super().__init__()
        self.modalities = list(readers)
        self.readers = nn.ModuleDict(readers)
        self.register_buffer("fusion_weights", torch.ones(0))

    @abstractmethod
    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""

    def read(self, batch: Batch, modality: str) -> tuple[Tensor, Tensor]:
        """Return a modality's states (batch, time, width) and their lengths (batch,)."""
        lengths = batch.lengths[modality]
        return cast(Tensor, self.readers[modality](batch.sequences[modality], lengths)), lengths
