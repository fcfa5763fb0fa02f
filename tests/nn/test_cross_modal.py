"""Convolutions and the residual head of crossmodal transformers, worked by hand."""

import torch
from torch import nn

from evenfuse.nn.cross_modal import Convolution, ResidualHead


def summing(kernel: int) -> Convolution:
    made = Convolution(1, 1, kernel, 0.0)
    nn.init.ones_(made.convolution.weight)
    return made


def test_convolution_takes_whole_kernels_and_no_padding() -> None:
    garbage = float("nan")
    states = torch.tensor([[1.0, 2, 3, 4], [5, 6, 7, garbage], [8, 9, garbage, garbage]])[..., None]
    mixed, lengths = summing(3)(states, torch.tensor([4, 3, 2]))
    assert lengths.tolist() == [2, 1, 1]
    assert mixed[0, :, 0].tolist() == [6, 9]
    assert mixed[1, 0].tolist() == [18]
    # two steps lack one, which counts as zero
    assert mixed[2, 0].tolist() == [17]
    assert mixed.isfinite().all()


def test_a_batch_shorter_than_the_kernel_is_filled_up() -> None:
    mixed, lengths = summing(5)(torch.ones(1, 2, 1), torch.tensor([2]))
    assert (mixed.tolist(), lengths.tolist()) == ([[[2]]], [1])


def test_head_adds_its_input_to_the_hidden_layer() -> None:
    head = ResidualHead(2, 1, 0.0)
    head.hidden[0].weight.data = torch.eye(2)
    head.hidden[3].weight.data = 10 * torch.eye(2)
    head.output.weight.data.fill_(1)
    for layer in (head.hidden[0], head.hidden[3], head.output):
        nn.init.zeros_(layer.bias)
    # relu(2, -3) = 2, 0; times ten and (2, -3) again: 22 - 3
    assert head(torch.tensor([[2.0, -3.0]])).tolist() == [[19]]
