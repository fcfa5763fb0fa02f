"""Low-rank multimodal fusion: its size, and its output as a map of the whole outer product."""

import torch

from evenfuse.models.lmf import Model
from evenfuse.nn.products import outer_product
from evenfuse.settings.models.lmf import Settings
from tests.models.parts import MOSI, averaged, count, frames, linear, lstm


def test_parameter_count_for_mosi() -> None:
    text = lstm(768, 128) + linear(128, 64)
    product = 3 * (65 + 17 + 129) + 3 + 1
    by_hand = text + averaged(5, 16) + averaged(20, 128) + product
    assert count(Model(Settings(name="lmf"), frames(MOSI), 1)) == by_hand == 505_071


def test_predicts_from_the_weighted_representations() -> None:
    features, weights = {"vectors": 3, "audio": 2}, torch.tensor([0.5, 2.0])
    settings = Settings(name="lmf", widths={"vectors": 2, "audio": 3}, rank=4)
    model = Model(settings, frames(features), 2)
    z = [torch.randn(5, 2), torch.randn(5, 3)]
    text, audio = model.product.factors
    # the map of the outer product that the factors stand for, entry by entry
    full = torch.einsum("rac,rbc->abc", text, audio).flatten(0, 1)
    expected = outer_product([0.5 * z[0], 2 * z[1]]) @ full
    torch.testing.assert_close(model.fuse(z, weights).prediction, expected)
