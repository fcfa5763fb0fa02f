"""Ragged tensors: sequences laid end to end, padded only when a batch is made."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from evenfuse.storage.cache import Ragged


@dataclass(frozen=True)
class RaggedTensor:
    """`values` (row, ...) of all segments; segment i is ``values[offsets[i]:offsets[i + 1]]``."""

    values: Tensor
    offsets: Tensor

    @classmethod
    def from_cache(cls, sequence: Ragged) -> "RaggedTensor":
        """Take over what the cache holds without copying it."""
        return cls(torch.from_numpy(sequence.values), torch.from_numpy(sequence.offsets))

    @classmethod
    def from_lists(cls, rows: list[list[int]]) -> "RaggedTensor":
        """Lay lists of integers end to end."""
        offsets = np.cumsum([0, *(len(row) for row in rows)])
        flat = torch.tensor([value for row in rows for value in row], dtype=torch.int64)
        return cls(flat, torch.from_numpy(offsets))

    def lengths(self) -> Tensor:
        """Return the number of rows of every segment, shape (segment,)."""
        return self.offsets.diff()

    def pad(self, index: Tensor) -> tuple[Tensor, Tensor]:
        """Return the chosen segments as (batch, time, ...), zero after their end, and lengths."""
        starts = self.offsets[index]
        lengths = self.offsets[index + 1] - starts
        steps = torch.arange(int(lengths.max()))
        beyond = steps >= lengths[:, None]
        rows = (starts[:, None] + steps).masked_fill(beyond, 0)
        padded = self.values.index_select(0, rows.flatten()).unflatten(0, rows.shape)
        padded[beyond] = 0
        return padded, lengths
