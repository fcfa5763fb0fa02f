"""Attention with dropout of its weights, for CPUs: one segment at a time, and no weights kept."""

from typing import Any

import torch
from torch import Generator, Tensor

from evenfuse.nn.dropout import drop_factors


def dropped_attention(
    query: Tensor, key: Tensor, value: Tensor, visible: Tensor, rate: float
) -> Tensor:
    """Return (batch, head, target, part) of values (batch, head, source, part).

    Each target weighs the values by softmax of its scaled products with the keys over what is
    `visible` (batch, 1, target, source); weights are dropped at the rate.
    """
    seed = int(torch.randint(1 << 62, ()))
    scaled = query / query.shape[-1] ** 0.5
    found: Tensor = _DroppedAttention.apply(scaled, key, value, ~visible, rate, seed)
    return found


class _DroppedAttention(torch.autograd.Function):
    """The weights of a segment stay in the processor's cache, and are made again from the seed."""

    @staticmethod
    def forward(
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        hidden: Tensor,
        rate: float,
        seed: int,
    ) -> Tensor:
        ctx.save_for_backward(query, key, value, hidden)
        ctx.rate = rate
        ctx.seed = seed
        draw = Generator().manual_seed(seed)
        found = [
            _weights(q, k, h).mul_(_factors(q, k, rate, draw)) @ v
            for q, k, v, h in zip(query, key, value, hidden, strict=True)
        ]
        return torch.stack(found)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        draw = Generator().manual_seed(ctx.seed)
        segments = zip(*ctx.saved_tensors, *gradients, strict=True)
        parts = [_derivatives(*segment, ctx.rate, draw) for segment in segments]
        return *(torch.stack(part) for part in zip(*parts, strict=True)), None, None, None


def _weights(query: Tensor, key: Tensor, hidden: Tensor) -> Tensor:
    """Return a segment's weights (head, target, source)."""
    return (query @ key.mT).masked_fill_(hidden, -torch.inf).softmax(dim=2)


def _factors(query: Tensor, key: Tensor, rate: float, draw: Generator) -> Tensor:
    return drop_factors((*query.shape[:2], key.shape[1]), rate, query.dtype, draw)


def _derivatives(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    hidden: Tensor,
    gradient: Tensor,
    rate: float,
    draw: Generator,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return a segment's gradients of query, key and value from that of what was found."""
    weights = _weights(query, key, hidden)
    factors = _factors(query, key, rate, draw)
    dropped = weights * factors
    by_value = dropped.mT @ gradient
    # softmax: the gradient of its input is w (g - sum of w g), and w g sums up to found * gradient
    total = ((dropped @ value) * gradient).sum(dim=2, keepdim=True)
    by_score = (gradient @ value.mT).mul_(factors).sub_(total).mul_(weights)
    return by_score @ key, by_score.mT @ query, by_value
