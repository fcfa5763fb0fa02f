"""The gate of features, worked by hand."""

import math

import pytest
import torch
from torch import nn

from evenfuse.nn.feature_gate import FeatureGate
from evenfuse.nn.sequences import States


def test_gate_worked_by_hand() -> None:
    # W1 = [1, 1]: 3; W2 = (0, ln 3 / 3): (0, ln 3), of which the sigmoid is .5, .75
    gate = FeatureGate(2, 2, context=False)
    nn.init.ones_(gate.squeeze.weight)
    nn.init.zeros_(gate.squeeze.bias)
    gate.excite.weight.data = torch.tensor([[0.0], [math.log(3) / 3]])
    gated = gate(States(torch.tensor([[[1.0, 2.0]]]), torch.tensor([1])))
    assert gated.states[0, 0].tolist() == pytest.approx([0.5, 1.5])


@pytest.mark.parametrize("context", [False, True])
def test_it_halves_at_the_start_and_padding_changes_no_real_step(context: bool) -> None:
    torch.manual_seed(0)
    gate, lengths = FeatureGate(8, 4, context), torch.tensor([3, 2])
    states = torch.randn(2, 3, 8)
    torch.testing.assert_close(gate(States(states, lengths)).states, states / 2)
    nn.init.normal_(gate.excite.weight)
    plain = gate(States(states, lengths)).states
    longer = torch.cat([states, torch.full((2, 2, 8), 7.0)], dim=1)
    longer[1, 2] = 9
    padded = gate(States(longer, lengths)).states
    torch.testing.assert_close(padded[0, :3], plain[0])
    torch.testing.assert_close(padded[1, :2], plain[1, :2])
