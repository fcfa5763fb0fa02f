"""Pooling by attention, worked by hand."""

import math

import pytest
import torch
from torch import nn

from evenfuse.nn.attention_pooling import AttentionPooling
from evenfuse.nn.sequences import States

STEPS = torch.tensor([[[1.0, 0.0], [0.0, 4.0]]])


def pooling() -> AttentionPooling:
    """Scores 0 and ln 3 for the two steps: tanh(W h) is 0, then tanh(1) in one place."""
    made = AttentionPooling(2)
    made.hidden.weight.data = torch.tensor([[0.0, 0.25], [0.0, 0.0]])
    nn.init.zeros_(made.hidden.bias)
    made.score.weight.data = torch.tensor([[math.log(3) / math.tanh(1), 0.0]])
    return made


def test_weights_worked_by_hand() -> None:
    assert pooling()(States(STEPS, torch.tensor([2])))[0].tolist() == pytest.approx([0.25, 3])


@pytest.mark.parametrize("padding", [7.0, float("nan")])
def test_padding_changes_nothing(padding: float) -> None:
    longer = torch.cat([STEPS, torch.full((1, 3, 2), padding)], dim=1)
    assert pooling()(States(longer, torch.tensor([2])))[0].tolist() == pytest.approx([0.25, 3])
