"""Readers: how a modality enters a model, as a sequence of states (batch, time, width)."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from evenfuse.batching.ragged import RaggedTensor
from evenfuse.nn.pooling import real_steps

BLOCK = 1 << 12  # frames


class Reader(nn.Module, ABC):
    """Turns the content of a cache for one modality into states of size `width`."""

    width: int

    @abstractmethod
    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Return states (batch, time, width), arbitrary beyond `lengths` (batch,)."""


class Frames(Reader):
    """Frames of features, standardised to mean 0 and deviation 1 on the training split.

    With `signed_log`, a feature x is first compressed to sign(x) log(1 + |x|), for features that
    span orders of magnitude.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, width: int, signed_log: bool):
        super().__init__()
        self.width = width
        self.signed_log = signed_log
        self.register_buffer("mean", torch.zeros(width))
        self.register_buffer("deviation", torch.ones(width))

    def fit(self, sequence: RaggedTensor) -> None:
        """Take mean and deviation from the frames of a split; do not scale a constant feature."""
        number = len(sequence.values)
        zero = torch.zeros(self.width, dtype=torch.float64)
        mean = sum((block.sum(dim=0) for block in self._blocks(sequence)), zero) / number
        squares = sum(
            ((block - mean).square().sum(dim=0) for block in self._blocks(sequence)), zero
        )
        deviation = (squares / max(number - 1, 1)).sqrt()
        self.mean.copy_(mean)
        self.deviation.copy_(torch.where(deviation > 1e-6, deviation, 1.0))

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Standardise frames (batch, time, feature); the padding becomes 0, whatever it holds."""
        standard = self._compress(values) - self.mean
        # in place: five times as fast for wide word vectors, whose copies leave the cache
        standard /= self.deviation
        return standard.masked_fill_(~real_steps(values, lengths)[..., None], 0)

    def mean_frame(self) -> Tensor:
        """Return the frame (feature,) that is 0 once it is standardised."""
        mean = self.mean
        return mean.sign() * mean.abs().expm1() if self.signed_log else mean.clone()

    def _blocks(self, sequence: RaggedTensor) -> Iterator[Tensor]:
        """Yield the frames in double precision, in blocks, since all may not fit into memory."""
        for block in sequence.values.split(BLOCK):
            yield self._compress(block).double()

    def _compress(self, frames: Tensor) -> Tensor:
        return frames.sign() * frames.abs().log1p() if self.signed_log else frames
