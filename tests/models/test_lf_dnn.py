"""LF-DNN: its size, what enters its head, what its batch norm sees."""

import torch

from evenfuse.models.lf_dnn import Model
from evenfuse.settings.models.lf_dnn import Settings
from tests.models.parts import MOSI, averaged, batch, count, entering, frames, linear, lstm

FEATURES = {"vectors": 3, "audio": 2}
SMALL = Settings(name="lf_dnn", widths={"vectors": 2, "audio": 3}, lstm_size=4, post_dim=5)


def test_parameter_count_for_mosi() -> None:
    text = lstm(768, 128) + linear(128, 256)
    head = linear(256 + 16 + 128, 128) + linear(128, 128) + linear(128, 1)
    by_hand = text + averaged(5, 16) + averaged(20, 128) + head
    assert count(Model(Settings(name="lf_dnn"), frames(MOSI), 1)) == by_hand == 597_171


def test_the_weighted_representations_enter_the_head_side_by_side() -> None:
    z = [torch.tensor([[1.0, 3.0]]), torch.tensor([[2.0, 2.0, 5.0]])]
    model = Model(SMALL, frames(FEATURES), 1)
    fused = entering(model.head, model, z, torch.tensor([0.5, 2.0]))
    assert fused.tolist() == [[0.5, 1.5, 4.0, 4.0, 10.0]]


def test_audio_ends_in_a_relu_and_vectors_do_not() -> None:
    torch.manual_seed(0)
    vectors, audio = Model(SMALL, frames(FEATURES), 1).represent(batch(FEATURES, segments=40))
    assert vectors.min() < 0
    assert audio.min() == 0
    assert audio.max() > 0


def test_batch_norm_sees_the_mean_over_real_frames() -> None:
    model = Model(SMALL, frames(FEATURES), 1)
    segments = batch(FEATURES)
    segments.sequences["audio"][:, 4:] = 1000.0
    segments.lengths["audio"][:] = 4
    model(segments)
    seen = segments.sequences["audio"][:, :4].mean(dim=(0, 1))
    # running statistics start at 0 and go a tenth of the way
    torch.testing.assert_close(model.encoders["audio"].maps[0].running_mean, seen / 10)
