"""Encoders see what is real, and nothing of the padding."""

import torch
from torch import nn

from evenfuse.nn.encoders import FirstState, LstmEncoder, MeanDnn, MeanState, WithDropout


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


def test_averaged_frames_worked_by_hand() -> None:
    encoder = MeanDnn(2, 2, dropout=0.5).eval()
    _, _, first, _, second, _ = encoder.maps
    first.weight.data, first.bias.data = torch.eye(2), torch.tensor([0.0, -3.0])
    second.weight.data, second.bias.data = torch.tensor([[1.0, 0.0], [-1.0, 1.0]]), torch.ones(2)
    states = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [99.0, 99.0]]])
    # mean (2, 4), first map (2, 1), second map (3, 0)
    encoded = encoder(states, torch.tensor([2]))
    torch.testing.assert_close(encoded, torch.tensor([[3.0, 0.0]]), rtol=1e-4, atol=1e-4)
    assert encoder.activate(torch.tensor([-1.0, 2.0])).tolist() == [0, 2]


def test_dropout_acts_on_the_vector_in_training_only() -> None:
    torch.manual_seed(0)
    encoder = WithDropout(MeanState(1000), dropout=0.5)
    ones, lengths = torch.ones(1, 3, 1000), torch.tensor([3])
    dropped = encoder(ones, lengths)
    assert set(dropped.flatten().tolist()) == {0, 2}
    assert encoder.eval()(ones, lengths).min() == 1


def test_dropout_between_the_layers_of_an_lstm() -> None:
    # torch warns where there is nothing between
    assert LstmEncoder(2, 4, layers=1, dropout=0.5).lstm.dropout == 0
    assert LstmEncoder(2, 4, layers=3, dropout=0.5).lstm.dropout == 0.5
