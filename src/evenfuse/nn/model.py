"""What every model has, as the training loop sees it."""

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
    """The output of a model for a batch.

    `prediction` is (batch, output). `logged` holds numbers per modality for the history, `parts`
    whatever the model's own objective reads. A model of several networks may say in evaluation mode
    what its `others` predict, by name, and one that weighs the modalities of each segment by how
    much: its `attention` (batch, modality). A late-fusion model adds its `representations`, Z_i
    (batch, width) of every modality with their graph, and `predict_again`, which makes the same
    prediction from what its encoders gave, through the last linear maps and the head alone.
    """

    prediction: Tensor
    logged: dict[str, Tensor] = field(default_factory=dict)
    parts: dict[str, Tensor] = field(default_factory=dict)
    others: dict[str, Tensor] = field(default_factory=dict)
    attention: Tensor | None = None
    representations: list[Tensor] = field(default_factory=list)
    predict_again: Callable[[], Tensor] | None = None


class SentimentModel(nn.Module, ABC):
    """Predicts the labels of a batch from the sequences of its modalities.

    `readers` turn the content of a cache into sequences of states, one reader per modality.
    `fusion_weights` w (modality,) is a buffer, saved with the model and in no optimizer; only a
    late-fusion model, which a balancer can balance, has any.
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
