"""MulT beside MMSA 2.2.1's: the same weights give the same predictions.

Where nothing is padded, and of both as they are outside training. What differs on purpose:
no bias of keys (softmax does not see it), positions (MMSA has the code and adds none), keys and
values dropped together, a convolution even if a modality has the common width already.
"""

import pytest
import torch
from torch import nn

from evenfuse.models.mult import Model
from evenfuse.nn.transformer import Transformer
from evenfuse.settings.models.mult import Settings
from tests.models.mmsa import Tensors, golden, under
from tests.models.parts import frames

WIDTHS = {"text": 12, "audio": 5, "video": 7}
KERNELS = {"text": 5, "audio": 1, "video": 3}
LETTERS = {"text": "l", "audio": "a", "video": "v"}


def copy(target: nn.Module, weights: Tensors, part: str) -> None:
    target.load_state_dict(under(part, weights))


def copy_transformer(target: Transformer, weights: Tensors) -> None:
    copy(target.norm, weights, "layer_norm")
    for number, block in enumerate(target.blocks):
        layer = under(f"layers.{number}", weights)
        attention = block.attention
        parts = (attention.query, attention.key, attention.value)
        for part, weight in zip(parts, layer["self_attn.in_proj_weight"].chunk(3), strict=True):
            part.weight.data.copy_(weight)
        shifts = layer["self_attn.in_proj_bias"].chunk(3)
        attention.query.bias.data.copy_(shifts[0])
        attention.value.bias.data.copy_(shifts[2])
        copy(attention.output, layer, "self_attn.out_proj")
        copy(block.attention_norm, layer, "layer_norms.0")
        copy(block.feed_forward[0], layer, "layer_norms.1")
        copy(block.feed_forward[1], layer, "fc1")
        copy(block.feed_forward[4], layer, "fc2")


def copy_weights(target: Model, weights: Tensors) -> None:
    for name, letter in LETTERS.items():
        copy(target.convolutions[name].convolution, weights, f"proj_{letter}")
        copy_transformer(target.memories[name], under(f"trans_{letter}_mem", weights))
        for other, transformer in target.crossmodal[name].items():
            pair = f"trans_{letter}_with_{LETTERS[other]}"
            copy_transformer(transformer, under(pair, weights))
    copy(target.head.hidden[0], weights, "proj1")
    copy(target.head.hidden[3], weights, "proj2")
    copy(target.head.output, weights, "out_layer")


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("positions", [True, False])
def test_same_weights_same_predictions(causal: bool, positions: bool) -> None:
    given = golden("mult")
    shape = {"width": 6, "heads": 2, "layers": 2, "self_layers": 3, "kernels": KERNELS}
    settings = Settings(name="mult", positions=positions, causal=causal, **shape)
    model = Model(settings, frames(WIDTHS), 1).eval()
    copy_weights(model, given.weights)
    with torch.inference_mode():
        predicted = model(given.batch(*WIDTHS)).prediction
    expected = given.expected(f"causal_{causal}.positions_{positions}")
    torch.testing.assert_close(predicted, expected, rtol=1e-5, atol=1e-5)
