"""Ragged tensors and batches: padding is zero, nothing real is lost or mixed up."""

import numpy as np
import torch

from evenfuse.batching.ragged import RaggedTensor
from evenfuse.cache.segments import Ragged


def ragged() -> RaggedTensor:
    values = np.arange(12, dtype=np.float32).reshape(6, 2) + 1
    return RaggedTensor.from_cache(Ragged(values, np.array([0, 1, 4, 6])))


def test_pads_to_the_longest_of_the_batch() -> None:
    padded, lengths = ragged().pad(torch.tensor([2, 0]))
    assert lengths.tolist() == [2, 1]
    assert padded.tolist() == [[[9, 10], [11, 12]], [[1, 2], [0, 0]]]


def test_every_segment_comes_back() -> None:
    sequence = ragged()
    padded, lengths = sequence.pad(torch.arange(3))
    rows = [padded[i, : lengths[i]] for i in range(3)]
    assert torch.equal(torch.cat(rows), sequence.values)


def test_padding_leaves_the_values_alone() -> None:
    sequence = ragged()
    before = sequence.values.clone()
    sequence.pad(torch.tensor([0, 1]))
    assert torch.equal(sequence.values, before)


def test_lists_are_laid_end_to_end() -> None:
    tokens = RaggedTensor.from_lists([[5, 6, 7], [8]])
    padded, lengths = tokens.pad(torch.tensor([0, 1]))
    assert padded.tolist() == [[5, 6, 7], [8, 0, 0]]
    assert lengths.tolist() == [3, 1]
    assert padded.dtype == RaggedTensor.from_lists([[]]).values.dtype == torch.int64


def test_it_moves_whole() -> None:
    moved = ragged().to(torch.device("cpu"))
    assert torch.equal(moved.values, ragged().values)
    assert torch.equal(moved.offsets, ragged().offsets)
