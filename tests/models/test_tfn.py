"""Tensor Fusion Network: its size, what enters its head, the range of its predictions."""

import torch

from evenfuse.models.tfn import Model
from evenfuse.settings.models.tfn import Settings
from tests.models.parts import MOSI, averaged, count, entering, frames, linear, lstm

FEATURES = {"vectors": 3, "audio": 2}


def model(limit: float | None = None) -> Model:
    settings = Settings(name="tfn", widths={"vectors": 1, "audio": 2}, lstm_size=4, limit=limit)
    return Model(settings, frames(FEATURES), 1).eval()


def test_parameter_count_for_mosi() -> None:
    text = lstm(768, 128) + linear(128, 32)
    head = linear(33 * 33 * 129, 64) + linear(64, 64) + linear(64, 1)
    by_hand = text + averaged(5, 32) + averaged(20, 128) + head
    assert count(Model(Settings(name="tfn"), frames(MOSI), 1)) == by_hand == 9_497_043


def test_the_product_of_the_weighted_representations_enters_the_head() -> None:
    z = [torch.tensor([[4.0]]), torch.tensor([[1.0, 2.0]])]
    made = model()
    fused = entering(made.head, made, z, torch.tensor([0.5, 3.0]))
    # (1, 2) times (1, 3, 6)
    assert fused.tolist() == [[1, 3, 6, 2, 6, 12]]


def test_a_limit_is_the_range_of_the_predictions() -> None:
    z, w = [torch.randn(5, 1) * 9, torch.randn(5, 2) * 9], torch.ones(2)
    free, limited = model(), model(limit=3.0)
    limited.load_state_dict(free.state_dict())
    for made in (free, limited):
        made.head[5].bias.data.fill_(9.0)
    raw = free.fuse(z, w).prediction
    assert raw.max() > 3
    torch.testing.assert_close(limited.fuse(z, w).prediction, 6 * raw.sigmoid() - 3)
