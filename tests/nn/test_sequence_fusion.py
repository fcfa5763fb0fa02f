"""Sequences of different lengths are averaged down to the shortest, then fused step by step."""

import torch

from evenfuse.nn.sequence_fusion import SequenceFusion, averages
from evenfuse.nn.sequences import States


def test_averages_worked_by_hand() -> None:
    states = torch.tensor([[1.0, 2, 3, 4, 5], [1, 2, 3, 9, 9]])[..., None]
    sequence = States(states, torch.tensor([5, 3]))
    weights = averages(sequence, torch.tensor([2, 3]))
    # five steps in two: 0, 1, 2 and 2, 3, 4; three in three: as they are
    third = 1 / 3
    expected = [[third, third, third, 0, 0], [0, 0, third, third, third], [0, 0, 0, 0, 0]]
    torch.testing.assert_close(weights[0], torch.tensor(expected))
    assert weights[1].tolist() == torch.eye(3, 5).tolist()
    averaged = (weights @ states)[..., 0]
    torch.testing.assert_close(averaged, torch.tensor([[2.0, 4, 0], [1, 2, 3]]))


def test_averages_agree_with_adaptive_pooling() -> None:
    torch.manual_seed(0)
    states = torch.randn(1, 23, 3)
    weights = averages(States(states, torch.tensor([23])), torch.tensor([7]))
    pooled = torch.nn.functional.adaptive_avg_pool1d(states.transpose(1, 2), 7).transpose(1, 2)
    torch.testing.assert_close(weights @ states, pooled)


def test_every_step_is_fused_alone() -> None:
    torch.manual_seed(0)
    fusion = SequenceFusion(2, 4, 3)
    first = States(torch.randn(2, 5, 4), torch.tensor([5, 4]))
    second = States(torch.randn(2, 6, 4), torch.tensor([5, 6]))
    fused = fusion([first, second])
    assert fused.states.shape == (2, 5, 4)
    assert fused.lengths.tolist() == [5, 4]
    one = fusion.product([first.states[0, 2], second.states[0, 2]])
    torch.testing.assert_close(fused.states[0, 2], one)
