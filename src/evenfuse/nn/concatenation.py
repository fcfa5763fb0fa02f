"""Models that concatenate their representations, and their prediction head."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.nn.dropout import Dropout
from evenfuse.nn.encoders import Encoder
from evenfuse.nn.late_fusion import LateFusion, weighted
from evenfuse.nn.model import Output
from evenfuse.nn.readers import Reader
from evenfuse.settings.models._late_fusion import ConcatenationSettings, HeadSettings


class Concatenation(LateFusion):
    """Concatenates w_i Z_i of all modalities, then applies three linear maps."""

    def __init__(
        self,
        settings: ConcatenationSettings,
        readers: Mapping[str, Reader],
        encoders: Mapping[str, Encoder],
        outputs: int,
    ):
        super().__init__(readers, encoders, settings.widths)
        width = sum(settings.widths[name] for name in readers)
        self.head = three_layer_head(settings, width, outputs)

    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from [w_i Z_i]."""
        return Output(self.head(torch.cat(weighted(representations, weights), dim=1)))


def three_layer_head(settings: HeadSettings, width: int, outputs: int) -> nn.Sequential:
    """Return dropout and three linear maps with ReLU, from (batch, width) to (batch, output)."""
    return nn.Sequential(
        Dropout(settings.post_dropout),
        nn.Linear(width, settings.post_dim),
        nn.ReLU(),
        nn.Linear(settings.post_dim, settings.post_dim),
        nn.ReLU(),
        nn.Linear(settings.post_dim, outputs),
    )
