"""The precision in which a model is trained on a device."""

import torch
from torch import nn

from evenfuse.errors import EvenfuseError

LOW = "bfloat16"


def resolved(precision: str, device: torch.device, model: nn.Module) -> str:
    """Return the precision that `auto` stands for on a device, any other as it is.

    Raises:
        EvenfuseError: if it is bfloat16, and the processor has none for the model's LSTMs.
    """
    if precision == "auto":
        # emulated bfloat16, on older GPUs, is slower than float32
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
        return LOW if fast else "float32"
    recurrent = any(isinstance(module, nn.LSTM) for module in model.modules())
    if precision == LOW and recurrent and not has_low_lstms(device):
        raise EvenfuseError(
            f"this processor cannot compute LSTMs in {LOW}; set training.precision to float32"
        )
    return precision


def has_low_lstms(device: torch.device) -> bool:
    """Return whether a device computes LSTMs in bfloat16: not every processor does."""
    lstm = nn.LSTM(2, 2, device=device)
    try:
        with torch.autocast(device.type, torch.bfloat16):
            lstm(torch.zeros(1, 1, 2, device=device))
    except RuntimeError:
        return False
    return True
