"""Graph attention, readout and edges, worked by hand; masks that hold."""

import math

import pytest
import torch
from torch import Tensor

from evenfuse.nn.graph import GraphAttention, Readout, across, complete, thinned

X = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]])
CHAIN = torch.tensor([[[0, 1, 0], [1, 0, 1], [0, 1, 0]]], dtype=torch.bool)
OUT = torch.tensor([[[0.781437, 0.434437], [0.574785, 0.924022], [1.113426, 0.962246]]])


def by_hand() -> GraphAttention:
    attention = GraphAttention(2, 1, 0.0)
    # a linear map of torch holds its outputs in rows
    attention.map.weight.data.copy_(torch.tensor([[1.0, 0.5], [0.0, 1.0]]))
    attention.bias.data.copy_(torch.tensor([0.1, -0.1]))
    attention.target.data.copy_(torch.tensor([[1.0, -1.0]]))
    attention.source.data.copy_(torch.tensor([[0.5, 2.0]]))
    attention.gate.weight.data.copy_(torch.tensor([[1.0, 0.0], [0.0, -1.0]]))
    attention.gate.bias.data.copy_(torch.tensor([0.0, 0.5]))
    return attention


def test_attention_worked_by_hand() -> None:
    torch.testing.assert_close(by_hand()(X, CHAIN), OUT, rtol=0, atol=2e-6)


def test_readout_worked_by_hand() -> None:
    readout = Readout(2)
    readout.score.weight.data.copy_(torch.tensor([[1.0, -0.5]]))
    real = torch.ones(1, 3, dtype=torch.bool)
    assert readout(OUT, real)[0].tolist() == pytest.approx([0.864107, 0.758289], abs=2e-6)
    # weights .369390, .235194, .395416; without the last node the first two share them out
    first = 0.369390 / (0.369390 + 0.235194)
    expected = first * OUT[0, 0] + (1 - first) * OUT[0, 1]
    torch.testing.assert_close(readout(OUT, torch.tensor([[True, True, False]]))[0], expected)


def test_a_node_without_edges_keeps_to_itself() -> None:
    torch.manual_seed(0)
    attention, nodes = GraphAttention(8, 2, 0.0), torch.randn(2, 5, 8)
    edges = complete(torch.ones(2, 5, dtype=torch.bool))
    edges[0, 3], edges[1] = False, False
    taken = attention(nodes, edges)
    alone = attention(nodes[:1, 3:4], torch.zeros(1, 1, 1, dtype=torch.bool))
    torch.testing.assert_close(taken[:1, 3:4], alone)
    gate = attention.gate(nodes).sigmoid()
    own = torch.nn.functional.elu(attention.map(nodes) + attention.bias)
    torch.testing.assert_close(taken[1], (gate * own + (1 - gate) * nodes)[1])


@pytest.fixture
def real() -> Tensor:
    return torch.arange(7) < torch.tensor([7, 4, 1])[:, None]


def test_all_real_nodes_are_joined_and_none_with_itself(real: Tensor) -> None:
    edges = complete(real)
    assert edges.sum(dim=(1, 2)).tolist() == [7 * 6, 4 * 3, 0]
    assert not edges.diagonal(dim1=1, dim2=2).any()
    assert not edges[~real].any()


def test_graphs_keep_their_edges_and_are_joined_across(real: Tensor) -> None:
    own = complete(real) & (torch.rand(3, 7, 7, generator=torch.manual_seed(0)) < 0.5)
    edges = across([own, complete(real)], real)
    assert torch.equal(edges[:, :7, :7], own)
    assert torch.equal(edges[:, 7:, 7:], complete(real))
    between = real[:, :, None] & real[:, None]
    assert torch.equal(edges[:, :7, 7:], between)
    assert torch.equal(edges[:, 7:, :7], between)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.36, 0.9])
def test_a_share_of_each_graphs_edges_is_lost(real: Tensor, share: float) -> None:
    edges = complete(real)
    left = thinned(edges, share)
    assert not (left & ~edges).any()
    lost = (edges & ~left).sum(dim=(1, 2)).tolist()
    assert lost == [math.ceil(share * number) for number in (42, 12, 0)]


def test_which_edges_are_lost_is_drawn_by_torch(real: Tensor) -> None:
    edges = complete(real)
    torch.manual_seed(3)
    first, second = thinned(edges, 0.2), thinned(edges, 0.2)
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    assert torch.equal(thinned(edges, 0.2), first)
    # every edge is as likely as any other
    torch.manual_seed(0)
    often = sum((edges & ~thinned(edges, 0.2)).double() for _ in range(2000)) / 2000
    assert (often[0][edges[0]] - 9 / 42).abs().max() < 0.05


def test_padding_does_not_change_which_edges_are_lost(real: Tensor) -> None:
    torch.manual_seed(3)
    plain = thinned(complete(real), 0.2)
    torch.manual_seed(3)
    longer = thinned(complete(torch.nn.functional.pad(real, (0, 4))), 0.2)
    assert torch.equal(longer[:, :7, :7], plain)
    assert longer.sum() == plain.sum()
