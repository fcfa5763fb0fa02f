"""Multi-head attention between two sequences, which sees real steps only."""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import scaled_dot_product_attention

from evenfuse.nn.dropped_attention import dropped_attention
from evenfuse.nn.pooling import real_steps
from evenfuse.nn.sequences import States


class Visible(NamedTuple):
    """Which steps of a source each step of a target sees: `mask` (batch, 1, target, source).

    Only the first `targets` steps of the target and `sources` steps of the source, both (batch,),
    are real.
    """

    mask: Tensor
    targets: Tensor
    sources: Tensor

    def sizes(self) -> list[tuple[int, int]]:
        """Return the real lengths of target and source of each segment."""
        return list(zip(self.targets.tolist(), self.sources.tolist(), strict=True))


def visible_steps(target: States, source: States, causal: bool) -> Visible:
    """Return which steps of `source` each step of `target` sees.

    Padding is never seen. If `causal`, step i sees the steps up to i + abs(source length - target
    length), with the real lengths, so that the last step sees all.
    """
    seen = real_steps(source.states, source.lengths)[:, None, None]
    rows, columns = (torch.arange(s.states.shape[1], device=seen.device) for s in (target, source))
    if causal:
        ahead = (source.lengths - target.lengths).abs()[:, None, None, None]
        seen = seen & (columns <= rows[:, None] + ahead)
    mask = seen.expand(-1, -1, len(rows), -1)
    return Visible(mask, target.lengths, source.lengths)


def xavier_linear(inputs: int, outputs: int, bias: bool = True) -> nn.Linear:
    """Return a linear map with Xavier's initial weights and a bias of zero."""
    linear = nn.Linear(inputs, outputs, bias)
    nn.init.xavier_uniform_(linear.weight)
    if bias:
        nn.init.zeros_(linear.bias)
    return linear


class Attention(nn.Module):
    """Scaled dot-product attention in `heads` heads, with dropout of its weights."""

    def __init__(self, width: int, heads: int, dropout: float):
        super().__init__()
        self.heads = heads
        self.dropout = dropout
        self.query = xavier_linear(width, width)
        # softmax ignores a shift of all scores, so a bias of the keys would have no effect
        self.key = xavier_linear(width, width, bias=False)
        self.value = xavier_linear(width, width)
        self.output = xavier_linear(width, width)

    def forward(self, target: Tensor, source: Tensor, visible: Visible) -> Tensor:
        """Return what each step of `target` takes from `source`, (batch, target, width)."""
        states = self.query(target), self.key(source), self.value(source)
        query, key, value = (s.unflatten(2, (self.heads, -1)).transpose(1, 2) for s in states)
        mixed = self._mix(query, key, value, visible)
        attended: Tensor = self.output(mixed.transpose(1, 2).flatten(2))
        return attended

    def _mix(self, query: Tensor, key: Tensor, value: Tensor, visible: Visible) -> Tensor:
        """Return the values that each head mixes, (batch, head, target, part)."""
        rate = self.dropout if self.training else 0.0
        if rate and query.device.type == "cpu":
            return dropped_attention(query, key, value, visible.mask, visible.sizes(), rate)
        return scaled_dot_product_attention(query, key, value, visible.mask, rate)
