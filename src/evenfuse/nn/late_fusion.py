"""What every late-fusion model shares: encoders, last linear maps, weighted fusion."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import cast

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.encoders import Encoder
from evenfuse.nn.inputs import Input
from evenfuse.nn.model import Output, SentimentModel


class LateFusion(SentimentModel):
    """Encodes each modality alone, maps it by its last linear map W_i to Z_i, then fuses.

    A model gives an encoder and the width of Z_i per modality, and adds `fuse`. A balancer is
    given the weights of the last maps and the fusion weights w (modality,).
    """

    def __init__(
        self,
        inputs: Mapping[str, Input],
        encoders: Mapping[str, Encoder],
        widths: Mapping[str, int],
    ):
        super().__init__(inputs)
        self.encoders = nn.ModuleDict(encoders)
        self.last_maps = nn.ModuleDict(
            {name: nn.Linear(encoders[name].width, widths[name]) for name in self.modalities}
        )
        self.register_buffer("fusion_weights", torch.ones(len(self.modalities)))

    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""
        return self.fuse(self.represent(batch), self.fusion_weights)

    def represent(self, batch: Batch) -> list[Tensor]:
        """Return Z_i (batch, width) of every modality, eq. (1)-(3)."""
        return [self._represent(batch, name) for name in self.modalities]

    @abstractmethod
    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from Z_i (batch, width) and the fusion weights w (modality,)."""

    def last_map_weights(self) -> list[nn.Parameter]:
        """Return the weight (width, encoder width) of each modality's last linear map."""
        return [self.last_maps[name].weight for name in self.modalities]  # type: ignore[misc]

    def _represent(self, batch: Batch, modality: str) -> Tensor:
        encoder = cast(Encoder, self.encoders[modality])
        return encoder.activate(self.last_maps[modality](encoder(*self.read(batch, modality))))


def weighted(representations: list[Tensor], weights: Tensor) -> list[Tensor]:
    """Return w_i Z_i (batch, width) of every modality, eq. (4)."""
    return [w * z for w, z in zip(weights, representations, strict=True)]
