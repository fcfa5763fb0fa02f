"""Ragged tensors: sequences laid end to end, and padded only in batches."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from evenfuse.cache.segments import Ragged


def moved(tensor: Tensor, device: torch.device) -> Tensor:
    """Return the tensor on a device; the copy to a GPU is asynchronous."""
    if device.type == "cpu" or tensor.device == device:
        return tensor
    return tensor.pin_memory().to(device, non_blocking=True)


@dataclass(frozen=True)
class RaggedTensor:
    """`values` (row, ...) of all segments; segment i is `values[offsets[i]:offsets[i + 1]]`."""

    values: Tensor
    offsets: Tensor

    @classmethod
    def from_cache(cls, sequence: Ragged) -> "RaggedTensor":
        """Share the memory of a sequence that was read from a cache."""
        return cls(torch.from_numpy(sequence.values), torch.from_numpy(sequence.offsets))

    @classmethod
    def from_lists(cls, rows: list[list[int]]) -> "RaggedTensor":
        """Lay lists of integers end to end."""
        offsets = np.cumsum([0, *(len(row) for row in rows)])
        flat = torch.tensor([value for row in rows for value in row], dtype=torch.int64)
        return cls(flat, torch.from_numpy(offsets))

    def to(self, device: torch.device) -> "RaggedTensor":
        """Return a copy with the values on a device; the offsets stay on the CPU."""
        return RaggedTensor(moved(self.values, device), self.offsets)

    def lengths(self) -> Tensor:
        """Return the number of rows of every segment, shape (segment,)."""
        return self.offsets.diff()

    def pad(self, index: Tensor, fill: float = 0) -> tuple[Tensor, Tensor]:
        """Return the chosen segments (batch, time, ...), padded with `fill`, and their lengths.

        The index and the lengths are on the CPU, the segments on the device of the values.
        """
        starts = self.offsets[index]
        lengths = self.offsets[index + 1] - starts
        steps = torch.arange(int(lengths.max()))
        beyond = steps >= lengths[:, None]
        rows = (starts[:, None] + steps).masked_fill(beyond, 0)
        rows, beyond = (moved(tensor, self.values.device) for tensor in (rows, beyond))
        padded = self.values.index_select(0, rows.flatten()).unflatten(0, rows.shape)
        # unlike an assignment by a mask, masked_fill_ does not wait for the GPU
        padded.masked_fill_(beyond.reshape(*beyond.shape, *[1] * (padded.dim() - 2)), fill)
        return padded, lengths
