"""The LSTM encoder and its standardisation."""

import math

import torch
from torch import nn

from evenfuse.batching.ragged import RaggedTensor
from evenfuse.nn.sequences import LstmEncoder, Standardizer


def frames() -> RaggedTensor:
    values = torch.tensor([[1.0, 5.0], [3.0, 5.0], [5.0, 5.0]])
    return RaggedTensor(values, torch.tensor([0, 1, 3]))


def test_standardised_training_frames_have_mean_0_and_deviation_1() -> None:
    standardizer = Standardizer(2, signed_log=False)
    standardizer.fit(frames())
    assert standardizer.mean.tolist() == [3, 5]
    # deviations: 2 of (1, 3, 5), and a constant feature, which is only shifted
    assert standardizer.deviation.tolist() == [2, 1]
    assert standardizer(frames().values).tolist() == [[-1, 0], [0, 0], [1, 0]]


def test_signed_log_keeps_the_sign() -> None:
    standardizer = Standardizer(1, signed_log=True)
    compressed = standardizer(torch.tensor([[math.e - 1], [1 - math.e], [0.0]]))
    torch.testing.assert_close(compressed, torch.tensor([[1.0], [-1.0], [0.0]]))


def test_encoder_ends_at_the_last_real_frame() -> None:
    torch.manual_seed(0)
    encoder = LstmEncoder(Standardizer(2, signed_log=False), 4)
    batch = torch.randn(3, 6, 2)
    lengths = torch.tensor([6, 1, 4])
    packed = nn.utils.rnn.pack_padded_sequence(
        batch, lengths, batch_first=True, enforce_sorted=False
    )
    _, (expected, _) = encoder.lstm(packed)
    torch.testing.assert_close(encoder(batch, lengths), expected[0])
