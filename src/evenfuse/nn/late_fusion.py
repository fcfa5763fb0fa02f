"""What every late-fusion model shares: encoders, last linear maps, weighted fusion."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch


class Output(NamedTuple):
    """A model's `prediction` (batch, column) and named numbers per modality that are logged."""

    prediction: Tensor
    watched: dict[str, Tensor]


class LateFusion(nn.Module, ABC):
    """Encodes each modality alone, maps it by its last linear map W_i to Z_i, then fuses.

    A model adds `fuse`. A balancer is given the weights of the last maps and `fusion_weights` w
    (modality,), a buffer: part of the model's state but of no optimizer.
    """

    fusion_weights: Tensor

    def __init__(self, encoders: Mapping[str, nn.Module], width: int):
        super().__init__()
        self.modalities = list(encoders)
        self.encoders = nn.ModuleDict(encoders)
        self.last_maps = nn.ModuleDict(
            {name: nn.Linear(encoder.width, width) for name, encoder in encoders.items()}  # type: ignore[arg-type]
        )
        self.register_buffer("fusion_weights", torch.ones(len(encoders)))

    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""
        return self.fuse(self.represent(batch), self.fusion_weights)

    def represent(self, batch: Batch) -> list[Tensor]:
        """Return Z_i (batch, width) of every modality, eq. (1)-(3)."""
        return [
            self.last_maps[name](self.encoders[name](batch.sequences[name], batch.lengths[name]))
            for name in self.modalities
        ]

    @abstractmethod
    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from Z_i (batch, width) and the fusion weights w (modality,)."""

    def last_map_weights(self) -> list[nn.Parameter]:
        """Return the weight (width, encoder width) of each modality's last linear map."""
        return [self.last_maps[name].weight for name in self.modalities]  # type: ignore[misc]
