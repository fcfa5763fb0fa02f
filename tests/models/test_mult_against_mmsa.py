"""MulT beside MMSA 2.2.1's: the same weights give the same predictions.

Where nothing is padded, and of both as they are outside training. What differs on purpose:
no bias of keys (softmax does not see it), positions (MMSA has the code and adds none), keys and
values dropped together, a convolution even if a modality has the common width already.
"""

from importlib import import_module
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from evenfuse.models.mult import Model
from evenfuse.nn.transformer import Transformer
from evenfuse.settings.models.mult import Settings
from tests.models.parts import batch, frames

pytest.importorskip("MMSA", reason="to run it: pip install MMSA==2.2.1")

WIDTHS = {"text": 12, "audio": 5, "video": 7}
LENGTHS = {"text": 9, "audio": 31, "video": 17}
KERNELS = {"text": 5, "audio": 1, "video": 3}
LETTERS = {"text": "l", "audio": "a", "video": "v"}


def theirs(causal: bool, positions: bool) -> nn.Module:
    module = import_module("MMSA.models.singleTask.MULT")
    embedding = import_module("MMSA.models.subNets.transformers_encoder.position_embedding")
    dropouts = ("attn", "relu", "embed", "res", "output", "text")
    args = SimpleNamespace(
        **{f"{part}_dropout": 0.0 for part in dropouts},
        **{"attn_dropout_a": 0.0, "attn_dropout_v": 0.0},
        **{f"conv1d_kernel_size_{LETTERS[name]}": size for name, size in KERNELS.items()},
        **{"use_bert": False, "dst_feature_dim_nheads": [10, 2], "nlevels": 3},
        **{"feature_dims": list(WIDTHS.values()), "attn_mask": causal, "train_mode": "regression"},
    )
    made: nn.Module = module.MULT(args)
    for name, part in made.named_children():
        if positions and name.startswith("trans"):
            part.embed_positions = embedding.SinusoidalPositionalEmbedding(part.embed_dim)
    for parameter in made.parameters():
        nn.init.normal_(parameter, std=0.3)
    return made.eval()


def copy_linear(target: nn.Module, source: nn.Module) -> None:
    target.load_state_dict(source.state_dict())


def copy_transformer(target: Transformer, source: nn.Module) -> None:
    copy_linear(target.norm, source.layer_norm)
    for block, layer in zip(target.blocks, source.layers, strict=True):
        attention = block.attention
        parts = (attention.query, attention.key, attention.value)
        for part, weight in zip(parts, layer.self_attn.in_proj_weight.chunk(3), strict=True):
            part.weight.data.copy_(weight)
        shifts = layer.self_attn.in_proj_bias.chunk(3)
        attention.query.bias.data.copy_(shifts[0])
        attention.value.bias.data.copy_(shifts[2])
        copy_linear(attention.output, layer.self_attn.out_proj)
        copy_linear(block.attention_norm, layer.layer_norms[0])
        copy_linear(block.feed_forward[0], layer.layer_norms[1])
        copy_linear(block.feed_forward[1], layer.fc1)
        copy_linear(block.feed_forward[4], layer.fc2)


def copy_weights(target: Model, source: nn.Module) -> None:
    for name, letter in LETTERS.items():
        copy_linear(target.convolutions[name].convolution, getattr(source, f"proj_{letter}"))
        copy_transformer(target.memories[name], getattr(source, f"trans_{letter}_mem"))
        for other, transformer in target.crossmodal[name].items():
            pair = f"trans_{letter}_with_{LETTERS[other]}"
            copy_transformer(transformer, getattr(source, pair))
    copy_linear(target.head.hidden[0], source.proj1)
    copy_linear(target.head.hidden[3], source.proj2)
    copy_linear(target.head.output, source.out_layer)


@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("positions", [True, False])
def test_same_weights_same_predictions(causal: bool, positions: bool) -> None:
    torch.manual_seed(0)
    peer = theirs(causal, positions)
    shape = {"width": 10, "heads": 2, "layers": 3, "self_layers": 3, "kernels": KERNELS}
    settings = Settings(name="mult", positions=positions, causal=causal, **shape)
    model = Model(settings, frames(WIDTHS), 1).eval()
    copy_weights(model, peer)
    segments = batch(WIDTHS, lengths=LENGTHS)
    with torch.inference_mode():
        ours = model(segments).prediction
        expected = peer(*segments.sequences.values())["M"]
    assert expected.std() > 0.1
    torch.testing.assert_close(ours, expected, rtol=1e-5, atol=1e-5)
