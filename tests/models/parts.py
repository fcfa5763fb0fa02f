"""Models put together by hand from plain frames, for tests that work with numbers of their own."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.readers import Frames

# features per frame of MMSA's pickle of CMU-MOSI, its text as BERT's states
MOSI = {"vectors": 768, "audio": 5, "video": 20}


def frames(features: Mapping[str, int]) -> dict[str, Frames]:
    """Inputs that change nothing."""
    return {name: Frames(width, signed_log=False) for name, width in features.items()}


def batch(
    features: Mapping[str, int], segments: int = 4, lengths: Mapping[str, int] | None = None
) -> Batch:
    """Random segments without padding, of 6 rows in every modality or as many as said."""
    rows = {name: (lengths or {}).get(name, 6) for name in features}
    generator = torch.Generator().manual_seed(1)
    return Batch(
        {n: torch.randn(segments, rows[n], f, generator=generator) for n, f in features.items()},
        {n: torch.full((segments,), rows[n]) for n in features},
        torch.zeros(segments, 1),
        torch.arange(segments),
    )


def count(model: nn.Module) -> int:
    """The number of trainable parameters."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def linear(inputs: int, outputs: int) -> int:
    """The parameters of a linear map."""
    return inputs * outputs + outputs


def lstm(inputs: int, width: int) -> int:
    """The parameters of a layer of an LSTM: four gates, two biases each."""
    return 4 * width * (inputs + width + 2)


def averaged(inputs: int, width: int) -> int:
    """The parameters of the subnetwork of averaged frames: batch norm and three maps."""
    return 2 * inputs + linear(inputs, width) + 2 * linear(width, width)


def entering(head: nn.Module, model: nn.Module, z: list[Tensor], w: Tensor) -> Tensor:
    """What enters the head when Z_i are fused with the weights w."""
    seen: list[Tensor] = []
    hook = head.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    model.fuse(z, w)
    hook.remove()
    return seen[0]
