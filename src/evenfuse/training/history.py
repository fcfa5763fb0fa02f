"""What is logged: one row per epoch."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

EpochRow = dict[str, float]
LAST_OF_EPOCH = "w"  # the state at the end; of everything else the mean over the epoch's steps


def epoch_row(steps: Sequence[Mapping[str, Tensor]], modalities: Sequence[str]) -> EpochRow:
    """Sum the steps of an epoch up: numbers per modality become columns like `g_text`."""
    row: EpochRow = {}
    for name in steps[0]:
        values = torch.stack([step[name] for step in steps])
        summary = values[-1] if name == LAST_OF_EPOCH else values.mean(dim=0)
        if summary.dim() == 0:
            row[name] = float(summary)
        else:
            row |= {f"{name}_{m}": v for m, v in zip(modalities, summary.tolist(), strict=True)}
    return row
