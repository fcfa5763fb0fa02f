"""Frames, standardised on the training split."""

import math

import torch
from torch import Tensor

from evenfuse.batching.ragged import RaggedTensor
from evenfuse.nn.readers import Frames


def frames() -> RaggedTensor:
    values = torch.tensor([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]])
    return RaggedTensor(values, torch.tensor([0, 1, 3]))


def read(reader: Frames, values: Tensor) -> Tensor:
    """One segment, without padding."""
    states: Tensor = reader(values[None], torch.tensor([len(values)]))
    return states[0]


def test_padding_becomes_zero_whatever_it_holds() -> None:
    values = torch.tensor([[[1.0], [torch.nan]], [[2.0], [3.0]]])
    states = Frames(1, signed_log=False)(values, torch.tensor([1, 2]))
    assert states[..., 0].tolist() == [[1, 0], [2, 3]]


def test_standardised_training_frames_have_mean_0_and_deviation_1() -> None:
    reader = Frames(2, signed_log=False)
    reader.fit(frames())
    assert reader.mean.tolist() == [3, 5]
    # deviations: 2 of (1, 3, 5), and a constant feature, which is only shifted
    assert reader.deviation.tolist() == [2, 1]
    assert read(reader, frames().values).tolist() == [[-1, 0], [0, 0], [1, 0]]


def test_signed_log_keeps_the_sign() -> None:
    reader = Frames(1, signed_log=True)
    compressed = read(reader, torch.tensor([[math.e - 1], [1 - math.e], [0.0]]))
    torch.testing.assert_close(compressed, torch.tensor([[1.0], [-1.0], [0.0]]))


def test_compressed_frames_are_standardised_as_they_are_compressed() -> None:
    reader = Frames(2, signed_log=True)
    values = torch.tensor([[math.e - 1, -1000.0], [0.0, 3.0], [1 - math.e, 1.0], [5.0, 7.0]])
    reader.fit(RaggedTensor(values, torch.tensor([0, 4])))
    standard = read(reader, values)
    torch.testing.assert_close(standard.mean(dim=0), torch.zeros(2), rtol=0, atol=1e-6)
    torch.testing.assert_close(standard.std(dim=0), torch.ones(2))
