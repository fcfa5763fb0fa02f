"""Held against MMSA 2.2.1, an independent implementation: equal weights, equal predictions.

MMSA averages over the padding and takes an LSTM's state after it, so the segments have none. Where
the models differ on purpose, the tests stand where the difference vanishes:

- dropout is off: MMSA has none on the text;
- TFN has `limit` 3, MMSA's only range;
- EF-LSTM: MMSA's batch norm per time step, which needs segments of one length, is left as it
  starts and without its epsilon, so that it does nothing.
"""

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from tests.models.parts import batch, frames

pytest.importorskip("MMSA", reason="to run it: pip install MMSA==2.2.1")

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
THEIRS: dict[str, Any] = {
    **{"feature_dims": (11, 5, 7), "train_mode": "regression"},
    **{"text_out": 6, "post_fusion_dim": 10, "dropouts": (0.0, 0.0, 0.0, 0.0), "rank": 4},
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
    settings = import_module(f"evenfuse.settings.models.{name}").Settings(name=name, **OURS[name])
    model: nn.Module = import_module(f"evenfuse.models.{name}").Model(settings, frames(features), 1)
    return model


def theirs(name: str, **settings: Any) -> nn.Module:
    """MMSA's model with twice the weights it starts with: predictions far from one another."""
    module = import_module(f"MMSA.models.singleTask.{name.upper()}")
    model: nn.Module = getattr(module, name.upper())(SimpleNamespace(**THEIRS, **settings))
    for parameter in model.parameters():
        parameter.data *= 2 if parameter.requires_grad else 1
    return model


def take_over(model: nn.Module, other: nn.Module, parts: dict[str, str]) -> None:
    """Copy every parameter and statistic of our model from the part of the same role."""
    given = other.state_dict()
    for key, value in model.state_dict().items():
        if key.startswith("readers.") or key == "fusion_weights":
            continue
        part = next(part for part in parts if key == part or key.startswith(f"{part}."))
        value.copy_(given[parts[part] + key[len(part) :]].reshape(value.shape))


@pytest.mark.parametrize("name", ["lf_dnn", "tfn", "lmf"])
@pytest.mark.parametrize("training", [False, True])
def test_late_fusion_predicts_the_same(name: str, training: bool) -> None:
    torch.manual_seed(0)
    model, other = ours(name, LATE).train(training), theirs(name, hidden_dims=(12, 3, 8))
    for norm in (other.audio_subnet.norm, other.video_subnet.norm):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 1.5)
    take_over(model, other.train(training), PARTS[name])
    segments = batch(LATE, segments=5, lengths={"audio": 9, "video": 4})
    means = {name: s.mean(dim=1, keepdim=True) for name, s in segments.sequences.items()}
    expected = other(segments.sequences["vectors"], means["audio"], means["video"])["M"]
    assert expected.std() > 0.05
    torch.testing.assert_close(model(segments).prediction, expected, rtol=1e-5, atol=1e-5)


def test_early_fusion_predicts_the_same() -> None:
    torch.manual_seed(0)
    model = ours("ef_lstm", EARLY)
    other = theirs("ef_lstm", hidden_dims=12, seq_lens=6, num_layers=3, dropout=0.0).eval()
    other.norm.weight.data.fill_(1.0)
    other.norm.eps = 0.0
    take_over(model, other, PARTS["ef_lstm"])
    segments = batch(EARLY, segments=5)
    expected = other(*segments.sequences.values())["M"]
    assert expected.std() > 0.05
    torch.testing.assert_close(model(segments).prediction, expected, rtol=1e-5, atol=1e-5)
