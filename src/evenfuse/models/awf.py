"""Adaptive weight fusion: the model of Luo, Wu, Liu and Tang (Journal of Software, 2024)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.nn.encoders import Encoder, LstmEncoder, pooled_text
from evenfuse.nn.late_fusion import LateFusion, weighted
from evenfuse.nn.model import Output
from evenfuse.nn.readers import Reader
from evenfuse.settings.models.awf import Settings


class Model(LateFusion):
    """B-fusion and, if `a_fusion` is set, A-fusion of the modalities, then a prediction head."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        encoders = {name: _encoder(settings, name, reader) for name, reader in readers.items()}
        super().__init__(readers, encoders, dict.fromkeys(readers, settings.hidden_size))
        number = len(self.modalities)
        self.attention = (
            ModalityAttention(number, settings.a_fusion_reaches_encoders)
            if settings.a_fusion
            else None
        )
        self.head = nn.Sequential(
            nn.Dropout(settings.dropout),
            nn.Linear(number * settings.hidden_size, settings.post_dim),
            nn.ReLU(),
            nn.Linear(settings.post_dim, outputs),
        )

    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from Z = (Z_GB + Z_ATT) / 2; without A-fusion, from Z = Z_GB = [w_i Z_i] (4)."""
        fused = torch.cat(weighted(representations, weights), dim=1)
        if self.attention is None:
            return Output(self.head(fused))
        attended, scores = self.attention(representations)
        scores = scores.detach()
        logged = {"a": scores.mean(dim=0)}
        return Output(self.head((fused + attended) / 2), logged, attention=scores)


def _encoder(settings: Settings, modality: str, reader: Reader) -> Encoder:
    if modality == "text":
        return pooled_text(reader.width, settings.text_pooling)
    return LstmEncoder(reader.width, settings.hidden_size)


class ModalityAttention(nn.Module):
    """A-fusion: a weight a_i in (0, 1) per modality and segment, eq. (11)-(13)."""

    def __init__(self, modalities: int, reaches_encoders: bool):
        super().__init__()
        self.reaches_encoders = reaches_encoders
        self.hidden = nn.Linear(modalities, modalities, bias=False)
        self.score = nn.Linear(modalities, modalities, bias=False)

    def forward(self, representations: list[Tensor]) -> tuple[Tensor, Tensor]:
        """Return Z_ATT = [a_i Z_i] (batch, modality * width) and a (batch, modality)."""
        stacked = torch.stack(representations, dim=1)
        if not self.reaches_encoders:
            stacked = stacked.detach()
        pooled = stacked.mean(dim=2)
        scores = self.score(self.hidden(pooled).relu()).sigmoid()
        return (scores[..., None] * stacked).flatten(1), scores
