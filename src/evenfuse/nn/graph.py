"""Graphs over padded nodes: which nodes are joined, graph attention, readout.

Edges are booleans (batch, node, node): row i holds the nodes that node i sees beside itself.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from evenfuse.nn.attention import xavier_linear
from evenfuse.nn.dropout import Dropout

SLOPE = 0.2  # of the leaky ReLU below 0


def complete(real: Tensor) -> Tensor:
    """Return all edges between different nodes that are `real` (batch, node)."""
    return real[:, :, None] & real[:, None] & ~_itself(real)


def across(graphs: list[Tensor], real: Tensor) -> Tensor:
    """Return the edges of several graphs over the same `real` nodes (batch, node), side by side.

    Inside each graph they are its own; between two graphs all nodes are joined.
    """
    edges = complete(real.repeat(1, len(graphs)))
    for i, graph in enumerate(graphs):
        place = slice(i * real.shape[1], (i + 1) * real.shape[1])
        edges[:, place, place] = graph
    return edges


def thinned(edges: Tensor, share: float) -> Tensor:
    """Return the edges of each graph but for a random share of them, rounded up.

    What is drawn does not depend on the padding.
    """
    drawn = torch.full(edges.shape, torch.inf, device=edges.device)
    drawn[edges] = torch.rand(int(edges.sum()), device=edges.device)
    lost = (share * edges.sum(dim=(1, 2)).double()).ceil()
    order = drawn.flatten(1).argsort(dim=1, stable=True)
    first = torch.arange(order.shape[1], device=edges.device) < lost[:, None]
    return edges & ~torch.zeros_like(first).scatter(1, order, first).view_as(edges)


class GraphAttention(nn.Module):
    """A node takes from those it sees and from itself, then a gate mixes that with the node."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.map = xavier_linear(width, width, bias=False)
        self.bias = nn.Parameter(torch.zeros(width))
        self.target = nn.Parameter(nn.init.xavier_uniform_(torch.empty(heads, width // heads)))
        self.source = nn.Parameter(nn.init.xavier_uniform_(torch.empty(heads, width // heads)))
        self.gate = xavier_linear(width, width)
        self.dropout = Dropout(dropout)

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """Return new states of nodes (batch, node, width)."""
        mapped = self.map(nodes).unflatten(2, (self.heads, -1)).transpose(1, 2)
        weights = self._weights(mapped.tanh(), edges)
        taken = functional.elu((weights @ mapped).transpose(1, 2).flatten(2) + self.bias)
        gate = self.gate(nodes).sigmoid()
        mixed: Tensor = self.dropout(gate * taken + (1 - gate) * nodes)
        return mixed

    def _weights(self, states: Tensor, edges: Tensor) -> Tensor:
        """Return the weights (batch, head, node, node) for states (batch, head, node, part)."""
        targets, sources = (states @ vector[..., None] for vector in (self.target, self.source))
        scores = functional.leaky_relu(targets + sources.mT, SLOPE)
        # even without an edge a node sees itself
        seen = edges | _itself(edges)
        return scores.masked_fill(~seen[:, None], -torch.inf).softmax(dim=3)


class Graph(nn.Module):
    """Layers of graph attention, whose result is added to the nodes, with ReLU."""

    def __init__(self, width: int, heads: int, layers: int, dropout: float):
        super().__init__()
        self.layers = nn.ModuleList(GraphAttention(width, heads, dropout) for _ in range(layers))

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """Return new states of nodes (batch, node, width)."""
        states = nodes
        for layer in self.layers:
            states = layer(states, edges)
        return (states + nodes).relu()


class Readout(nn.Module):
    """A mean of the real nodes, weighted by attention."""

    def __init__(self, width: int):
        super().__init__()
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, nodes: Tensor, real: Tensor) -> Tensor:
        """Read (batch, width) out of nodes (batch, node, width), one or more of them `real`."""
        scores: Tensor = self.score(nodes).masked_fill(~real[..., None], -torch.inf)
        return (scores.softmax(dim=1) * nodes).sum(dim=1)


def _itself(nodes: Tensor) -> Tensor:
    return torch.eye(nodes.shape[1], dtype=torch.bool, device=nodes.device)
