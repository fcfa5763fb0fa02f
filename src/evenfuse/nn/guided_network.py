"""A network that encodes each modality by itself and fuses all around one that guides."""

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import torch
from torch import Tensor, nn

from evenfuse.nn.attention_pooling import AttentionPooling
from evenfuse.nn.cross_modal import Convolution, ResidualHead, crossmodal, self_attention
from evenfuse.nn.feature_gate import FeatureGate
from evenfuse.nn.pooling import mean_of_real
from evenfuse.nn.sequences import States
from evenfuse.settings.models.momentum import Settings, guide_of


class Encoded(NamedTuple):
    """What a modality is turned into: a sequence, and the same pooled (batch, width)."""

    sequence: States
    pooled: Tensor


class Unimodal(nn.Module):
    """Projection, gate, attention to itself, pooling."""

    def __init__(self, settings: Settings, features: int, modality: str):
        super().__init__()
        kernel, dropout = settings.kernels.get(modality, 1), settings.input_dropout.get(modality, 0)
        self.projection = Convolution(features, settings.width, kernel, dropout)
        self.gate: nn.Module = (
            FeatureGate(settings.width, settings.gate_reduction, settings.gate_context == "segment")
            if settings.gate
            else nn.Identity()
        )
        self.gate_first = settings.gate_position == "before"
        self.attention = self_attention(settings, 1)
        self.pooling = _pooling(settings)

    def forward(self, sequence: States) -> Encoded:
        """Encode states (batch, time, feature)."""
        projected = self.projection(*sequence)
        steps = [self.gate, self.attention] if self.gate_first else [self.attention, self.gate]
        for step in steps:
            projected = step(projected)
        return Encoded(projected, self.pooling(projected))


class GuidedNetwork(nn.Module):
    """Encodes every modality, then fuses them around the one that guides."""

    def __init__(self, settings: Settings, widths: Mapping[str, int], outputs: int):
        super().__init__()
        self.guide = guide_of(list(widths))
        self.unimodal = nn.ModuleDict(
            {name: Unimodal(settings, width, name) for name, width in widths.items()}
        )
        others = [name for name in widths if name != self.guide]
        self.pairs = _pairs(settings.co_attention, self.guide, others)
        self.crossmodal = nn.ModuleDict(
            {_name(pair): crossmodal(settings, pair[1]) for pair in self.pairs}
        )
        self.pooling = nn.ModuleDict({_name(pair): _pooling(settings) for pair in self.pairs})
        joined = 1 + len(self.pairs) if self.pairs else len(widths)
        self.head = ResidualHead(joined * settings.width, outputs, settings.output_dropout)

    def forward(self, sequences: Mapping[str, States]) -> Tensor:
        """Predict (batch, output)."""
        return self.fuse(self.encode(sequences))

    def encode(self, sequences: Mapping[str, States]) -> dict[str, Encoded]:
        """Encode every modality by itself."""
        return {name: self.unimodal[name](sequence) for name, sequence in sequences.items()}

    def fuse(self, encoded: Mapping[str, Encoded]) -> Tensor:
        """Predict (batch, output) from all modalities; the first of each pair attends."""
        if not self.pairs:
            joined = [each.pooled for each in encoded.values()]
        else:
            joined = [encoded[self.guide].pooled]
            for pair in self.pairs:
                target, source = (encoded[name].sequence for name in pair)
                attended = self.crossmodal[_name(pair)](target, source)
                joined.append(self.pooling[_name(pair)](attended))
        prediction: Tensor = self.head(torch.cat(joined, dim=1))
        return prediction


class Mean(nn.Module):
    """The mean over the real steps."""

    def forward(self, sequence: States) -> Tensor:
        """Turn states (batch, time, width) into (batch, width)."""
        return mean_of_real(*sequence)


def _pairs(co_attention: str, guide: str, others: Sequence[str]) -> list[tuple[str, ...]]:
    """Return which modality attends to which, target first."""
    if co_attention == "none":
        return []
    if co_attention == "text":
        return [(guide, name) for name in others]
    return [pair for name in others for pair in permutations((guide, name))]


def _pooling(settings: Settings) -> nn.Module:
    return AttentionPooling(settings.width) if settings.pooling == "attention" else Mean()


def _name(pair: tuple[str, ...]) -> str:
    return "_from_".join(pair)
