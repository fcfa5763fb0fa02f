"""Encoders see what is real, and nothing of the padding."""

import torch
from torch import nn

from evenfuse.nn.encoders import FirstState, LstmEncoder, MeanState


def test_encoder_ends_at_the_last_real_frame() -> None:
    torch.manual_seed(0)
    encoder = LstmEncoder(2, 4)
    batch = torch.randn(3, 6, 2)
    lengths = torch.tensor([6, 1, 4])
    packed = nn.utils.rnn.pack_padded_sequence(
        batch, lengths, batch_first=True, enforce_sorted=False
    )
    _, (expected, _) = encoder.lstm(packed)
    torch.testing.assert_close(encoder(batch, lengths), expected[0])


def test_first_and_mean_state_worked_by_hand() -> None:
    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [99.0, 99.0]]])
    lengths = torch.tensor([2])
    assert FirstState(2)(states, lengths).tolist() == [[1, 2]]
    assert MeanState(2)(states, lengths).tolist() == [[2, 4]]
    assert MeanState(2)(states.masked_fill(states > 9, float("nan")), lengths).tolist() == [[2, 4]]
