"""Held against MMSA 2.2.1, an independent implementation: equal weights, equal predictions.

What MMSA gives is in the golden files, which `golden/make.py` has made. MMSA averages over the
padding and takes an LSTM's state after it, so the segments have none. Where the models differ on
purpose, the tests stand where the difference vanishes:

- dropout is off: MMSA has none on the text;
- TFN has `limit` 3, MMSA's only range;
- EF-LSTM: MMSA's batch norm per time step, which needs segments of one length, is left as it
  starts and without its epsilon, so that it does nothing.
"""

from importlib import import_module
from typing import Any

import pytest
import torch
from torch import nn

from tests.models.mmsa import golden, take_over
from tests.models.parts import frames

LATE = {"audio": 5, "video": 7, "vectors": 11}  # MMSA's order of the fusion
EARLY = {"vectors": 11, "audio": 5, "video": 7}
SUBNETWORKS = {"widths": {"audio": 3, "video": 8, "vectors": 6}, "lstm_size": 12, "dropout": 0.0}
HEAD = {"post_dim": 10, "post_dropout": 0.0}
OURS: dict[str, dict[str, Any]] = {
    "lf_dnn": {**SUBNETWORKS, **HEAD},
    "tfn": {**SUBNETWORKS, **HEAD, "limit": 3.0},
    "lmf": {**SUBNETWORKS, "rank": 4},
    "ef_lstm": {"hidden_size": 12, "layers": 3, "dropout": 0.0},
}

# the names of parts: ours -> theirs
MAPS = {
    "encoders.vectors.encoder.lstm": "text_subnet.rnn",
    "projections.vectors": "text_subnet.linear_1",
    **{
        ours.format(name): f"{name}_subnet.{theirs}"
        for name in ("audio", "video")
        for ours, theirs in {
            "encoders.{}.maps.0": "norm",
            "encoders.{}.maps.2": "linear_1",
            "encoders.{}.maps.4": "linear_2",
            "projections.{}": "linear_3",
        }.items()
    },
}
POST = {
    f"head.{number}": f"post_fusion_layer_{layer}" for number, layer in ((1, 1), (3, 2), (5, 3))
}
PARTS = {
    "lf_dnn": {**MAPS, **POST},
    "tfn": {**MAPS, **POST},
    "lmf": {
        **MAPS,
        "product.factors.0": "audio_factor",
        "product.factors.1": "video_factor",
        "product.factors.2": "text_factor",
        "product.rank_weights": "fusion_weights",
        "product.bias": "fusion_bias",
    },
    "ef_lstm": {"encoder.lstm": "lstm", "head.1": "linear", "head.4": "out"},
}


def ours(name: str, features: dict[str, int]) -> nn.Module:
    """Our model with the weights of MMSA's."""
    settings = import_module(f"evenfuse.settings.models.{name}").Settings(name=name, **OURS[name])
    model: nn.Module = import_module(f"evenfuse.models.{name}").Model(settings, frames(features), 1)
    take_over(model, golden(name).weights, PARTS[name])
    return model


@pytest.mark.parametrize("name", ["lf_dnn", "tfn", "lmf"])
@pytest.mark.parametrize("case", ["outside", "training"])
def test_late_fusion_predicts_the_same(name: str, case: str) -> None:
    given = golden(name)
    model = ours(name, LATE).train(case == "training")
    predicted = model(given.batch(*LATE)).prediction
    torch.testing.assert_close(predicted, given.expected(case), rtol=1e-5, atol=1e-5)


def test_early_fusion_predicts_the_same() -> None:
    given = golden("ef_lstm")
    predicted = ours("ef_lstm", EARLY)(given.batch(*EARLY)).prediction
    torch.testing.assert_close(predicted, given.expected("outside"), rtol=1e-5, atol=1e-5)
