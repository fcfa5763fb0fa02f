"""EF-LSTM: its size, and what it refuses."""

import pytest
import torch

from evenfuse.errors import EvenfuseError
from evenfuse.models.ef_lstm import Model
from evenfuse.settings.models.ef_lstm import Settings
from tests.models.parts import MOSI, batch, count, frames, linear, lstm


def test_parameter_count_for_mosi() -> None:
    layers = lstm(768 + 5 + 20, 128) + 3 * lstm(128, 128)
    by_hand = layers + linear(128, 128) + linear(128, 1)
    assert count(Model(Settings(name="ef_lstm"), frames(MOSI), 1)) == by_hand == 885_505


def test_one_lstm_reads_the_rows_of_all_modalities() -> None:
    model = Model(Settings(name="ef_lstm", layers=1), frames(MOSI), 1).eval()
    segments = batch(MOSI)
    rows = torch.cat([segments.sequences[name] for name in MOSI], dim=2)
    _, (state, _) = model.encoder.lstm(rows)
    torch.testing.assert_close(model(segments).prediction, model.head(state[0]))


def test_unaligned_segments_are_refused() -> None:
    model = Model(Settings(name="ef_lstm"), frames(MOSI), 1)
    segments = batch(MOSI)
    segments.lengths["video"][2] = 5
    with pytest.raises(EvenfuseError) as caught:
        model(segments)
    assert str(caught.value) == (
        "ef_lstm joins the modalities word by word, but a segment has 6 rows of vectors and 5 of "
        "video; use aligned data"
    )


def test_text_is_refused_with_what_to_give_instead() -> None:
    with pytest.raises(EvenfuseError, match="give it 'vectors' in place of 'text'"):
        Settings(name="ef_lstm").check_modalities(["audio", "text"])
