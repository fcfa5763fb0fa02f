"""LF-LSTM: its size, an LSTM per modality."""

import torch

from evenfuse.models.lf_lstm import Model
from evenfuse.nn.pooling import last_real
from evenfuse.settings.models.lf_lstm import Settings
from tests.models.parts import MOSI, batch, count, frames, linear, lstm


def test_parameter_count_for_mosi() -> None:
    modalities = sum(
        lstm(MOSI[name], width) + linear(width, width)
        for name, width in {"vectors": 128, "audio": 16, "video": 128}.items()
    )
    head = linear(128 + 16 + 128, 128) + linear(128, 128) + linear(128, 1)
    assert count(Model(Settings(name="lf_lstm"), frames(MOSI), 1)) == modalities + head == 622_929


def test_a_representation_is_the_mapped_last_state_of_its_lstm() -> None:
    model = Model(Settings(name="lf_lstm"), frames(MOSI), 1).eval()
    segments = batch(MOSI, lengths={"audio": 9})
    for name, z in zip(MOSI, model.represent(segments), strict=True):
        states = model.encoders[name].encoder.lstm(segments.sequences[name])[0]
        last = last_real(states, segments.lengths[name])
        torch.testing.assert_close(z, model.projections[name](last))
