"""MISA beside MMSA 2.2.1's: the same weights give the same predictions and the same losses.

Outside training, and with segments that have as many rows of audio and video as tokens, to which
MMSA cuts them; they are padded. What enters the text is what MMSA's BERT gave.
"""

import pytest
import torch

from evenfuse.models.misa import Model, Objective
from evenfuse.nn.objective import Task
from evenfuse.settings.models.misa import Settings
from tests.models.mmsa import Golden, golden, take_over
from tests.models.parts import frames

WIDTHS = {"text": 768, "video": 7, "audio": 5}  # MMSA's order of the views
WEIGHTS = ("similarity_weight", "difference_weight", "reconstruction_weight")
SETTINGS = Settings(name="misa", width=4, **dict.fromkeys(WEIGHTS, 1.0))

# the names of parts: ours -> theirs
PARTS = {
    **{"encoders.audio.first": "arnn1", "encoders.audio.second": "arnn2"},
    **{"encoders.video.first": "vrnn1", "encoders.video.second": "vrnn2"},
    **{"encoders.audio.norm": "alayer_norm", "encoders.video.norm": "vlayer_norm"},
    **{
        ours.format(name): theirs.format(name[0])
        for name in WIDTHS
        for ours, theirs in {
            "projections.{}.0": "project_{0}.project_{0}",
            "projections.{}.2": "project_{0}.project_{0}_layer_norm",
        }.items()
    },
    **{"private.text": "private_t.private_t_1", "private.video": "private_v.private_v_1"},
    **{"private.audio": "private_a.private_a_3", "shared": "shared.shared_1"},
    "transformer": "transformer_encoder.layers.0",
    **{"head.0": "fusion.fusion_layer_1", "head.3": "fusion.fusion_layer_3"},
}
VIEWS = {f"reconstruct.{i}": f"recon_{m[0]}.recon_{m[0]}_1" for i, m in enumerate(WIDTHS)}


@pytest.fixture
def given() -> Golden:
    return golden("misa")


@pytest.fixture
def model(given: Golden) -> Model:
    made = Model(SETTINGS, frames(WIDTHS), 1).eval()
    take_over(made, given.weights, PARTS)
    return made


def test_same_weights_same_predictions(given: Golden, model: Model) -> None:
    predicted = model(given.batch(*WIDTHS)).prediction
    torch.testing.assert_close(predicted, given.expected("outside"), rtol=1e-5, atol=1e-5)


def test_same_weights_same_losses(given: Golden, model: Model) -> None:
    objective = Objective(SETTINGS, Task("mse"), model, None)
    take_over(objective, given.weights, VIEWS)
    batch = given.batch(*WIDTHS)
    losses = objective(model(batch), batch)
    found = {"task": losses.task, **losses.auxiliary}
    expected = {name: loss for name, loss in given.outputs.items() if name != "outside"}
    assert all(loss > 0.01 for loss in expected.values())
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-5)
