"""What late-fusion models share: encoders, last linear maps, weighted fusion."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import cast

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.encoders import Encoder
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.randomness import RandomState, random_state, same_random
from evenfuse.nn.readers import Reader


class LateFusion(SentimentModel):
    """Encodes each modality by itself, maps it to Z_i by a last linear map W_i, then fuses.

    A subclass passes an encoder and the width of Z_i for each modality, and defines `fuse`. Where
    the width is None there is no last map: Z_i is what the encoder gives, and nothing can be
    balanced.
    """

    def __init__(
        self,
        readers: Mapping[str, Reader],
        encoders: Mapping[str, Encoder],
        widths: Mapping[str, int | None],
    ):
        super().__init__(readers)
        self.encoders = nn.ModuleDict(encoders)
        self.projections = nn.ModuleDict(
            {name: _last_map(encoders[name].width, widths[name]) for name in self.modalities}
        )
        self._widths = [widths[name] or encoders[name].width for name in self.modalities]
        self.register_buffer("fusion_weights", torch.ones(len(self.modalities)))

    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""
        features = [self._encode(batch, name) for name in self.modalities]
        return self._predict(features, random_state(features[0].device))

    def represent(self, batch: Batch) -> list[Tensor]:
        """Return Z_i (batch, width) of every modality, eq. (1)-(3)."""
        return self._project([self._encode(batch, name) for name in self.modalities])

    @abstractmethod
    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from Z_i (batch, width) and the fusion weights w (modality,)."""

    def predict_from(self, representations: Sequence[Tensor]) -> Tensor:
        """Predict (batch, output) from other Z_i (batch, width), in float32 and without dropout."""
        with _evaluating(self):
            return self.fuse([z.float() for z in representations], self.fusion_weights).prediction

    def projection_weights(self) -> list[nn.Parameter]:
        """Return the weight (width, encoder width) of each modality's last linear map.

        Empty if a modality has no such map.
        """
        maps = [self.projections[name] for name in self.modalities]
        if not all(isinstance(each, nn.Linear) for each in maps):
            return []
        return [each.weight for each in maps]  # type: ignore[misc]

    def encoder_parameters(self) -> list[list[nn.Parameter]]:
        """Return all parameters below each Z_i: of reader, encoder and last linear map."""
        groups = (self.readers, self.encoders, self.projections)
        return [
            [parameter for group in groups for parameter in group[name].parameters()]
            for name in self.modalities
        ]

    def widths(self) -> list[int]:
        """Return the width of each Z_i."""
        return list(self._widths)

    def _encode(self, batch: Batch, modality: str) -> Tensor:
        features: Tensor = self.encoders[modality](*self.read(batch, modality))
        return features

    def _project(self, features: list[Tensor]) -> list[Tensor]:
        """Return Z_i from what each encoder gives (batch, encoder width)."""
        return [
            cast(Encoder, self.encoders[name]).activate(self.projections[name](encoded))
            for name, encoded in zip(self.modalities, features, strict=True)
        ]

    def _predict(self, features: list[Tensor], drawn: RandomState) -> Output:
        """Predict from what each encoder gives; `drawn` is the state before the head draws."""

        def again() -> Tensor:
            kept = [encoded.detach() for encoded in features]
            with same_random(drawn):
                return self.fuse(self._project(kept), self.fusion_weights).prediction

        representations = self._project(features)
        output = self.fuse(representations, self.fusion_weights)
        return replace(output, representations=representations, predict_again=again)


def _last_map(features: int, width: int | None) -> nn.Module:
    return nn.Identity() if width is None else nn.Linear(features, width)


def weighted(representations: list[Tensor], weights: Tensor) -> list[Tensor]:
    """Return w_i Z_i (batch, width) of every modality, eq. (4)."""
    return [w * z for w, z in zip(weights, representations, strict=True)]


@contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """Switch training mode off, so that there is no dropout and no random number is drawn."""
    training = [part for part in module.modules() if part.training]
    for part in training:
        part.training = False
    try:
        yield
    finally:
        for part in training:
            part.training = True
