"""Attention with dropout of its weights, for CPUs: one segment at a time, storing no weights."""

from collections.abc import Iterator
from typing import Any

import torch
from torch import Generator, Tensor

from evenfuse.nn.dropout import drop_factors

Sizes = list[tuple[int, int]]


def dropped_attention(
    query: Tensor, key: Tensor, value: Tensor, visible: Tensor, sizes: Sizes, rate: float
) -> Tensor:
    """Return (batch, head, target, part) of values (batch, head, source, part).

    Each target weighs the values by the softmax of its scaled products with the keys that are
    `visible` (batch, 1, target, source); weights are dropped with probability `rate`. `sizes` are
    the real lengths of target and source of each segment; the result beyond them is 0.
    """
    seed = int(torch.randint(1 << 62, ()))
    scaled = query / query.shape[-1] ** 0.5
    inputs = (scaled, key, value, visible, sizes, rate, seed)
    attended: Tensor = _DroppedAttention.apply(*inputs)  # type: ignore[no-untyped-call]
    return attended


class _DroppedAttention(torch.autograd.Function):
    """Keeps a segment's weights in the processor's cache and draws them again from the seed."""

    @staticmethod
    def forward(
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        visible: Tensor,
        sizes: Sizes,
        rate: float,
        seed: int,
    ) -> Tensor:
        found = torch.zeros_like(query)
        drawn = Generator().manual_seed(seed)
        for f, q, k, v, seen in _segments(sizes, (found, query), (key, value), visible):
            weights = _weights(q, k, seen)
            f.copy_(weights.mul_(_factors(weights, rate, drawn)) @ v)
        ctx.save_for_backward(query, key, value, visible, found)
        ctx.sizes, ctx.rate, ctx.seed = sizes, rate, seed
        return found

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, visible, found = ctx.saved_tensors
        by_query, by_key, by_value = (torch.zeros_like(t) for t in (query, key, value))
        drawn = Generator().manual_seed(ctx.seed)
        targets, sources = (*gradients, found, query, by_query), (key, value, by_key, by_value)
        segments = _segments(ctx.sizes, targets, sources, visible)
        for gradient, f, q, by_q, k, v, by_k, by_v, seen in segments:
            weights = _weights(q, k, seen)
            factors = _factors(weights, ctx.rate, drawn)
            by_v.copy_((weights * factors).mT @ gradient)
            # softmax: the gradient of a score is w (g - sum of w g), and this is that sum
            total = (f * gradient).sum(dim=2, keepdim=True)
            by_score = (gradient @ v.mT).mul_(factors).sub_(total).mul_(weights)
            by_q.copy_(by_score @ k)
            by_k.copy_(by_score.mT @ q)
        return by_query, by_key, by_value, None, None, None, None


def _segments(
    sizes: Sizes, targets: tuple[Tensor, ...], sources: tuple[Tensor, ...], visible: Tensor
) -> Iterator[tuple[Tensor, ...]]:
    """Yield views of the real part of each segment."""
    for i, (target, source) in enumerate(sizes):
        yield (
            *(states[i, :, :target] for states in targets),
            *(states[i, :, :source] for states in sources),
            visible[i, :, :target, :source],
        )


def _weights(query: Tensor, key: Tensor, visible: Tensor) -> Tensor:
    """Return the weights (head, target, source) of a segment."""
    return (query @ key.mT).masked_fill_(~visible, -torch.inf).softmax(dim=2)


def _factors(weights: Tensor, rate: float, drawn: Generator) -> Tensor:
    return drop_factors(weights.shape, rate, weights.dtype, drawn)
