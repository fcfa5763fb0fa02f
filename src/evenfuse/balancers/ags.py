"""AGS: adaptive gradient scaling, by the size of each encoder's gradients.

Chen (ACM TOMM 2025, AGS-SMoE), published for regression of sentiment. Sizes are by default those of
the last linear maps, as in B-fusion: those of a whole encoder depend on how it is built
(docs/balancing.md).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.balancers import Forward
from evenfuse.balancers._window import InSomeEpochs


class Balancer(InSomeEpochs):
    """Scales the gradients of encoders down whose gradients are larger than those of the others.

    n_i is the root mean square of the norms of encoder i's gradient tensors, or with
    `norms="last_map"` the norm of that of its last linear map. q_i is n_i over the mean of the
    others; where it is above 1, all gradients of the encoder are multiplied by
    1 - tanh(alpha q_i / (1 + q_i)).

    Needs the encoders, and `projections` for the last maps.
    """

    def __init__(
        self,
        weights: Tensor,
        alpha: float = 0.5,
        norms: str = "last_map",
        start: int = 0,
        end: int | None = None,
    ):
        super().__init__(weights, start, end)
        self.alpha = alpha
        self.norms = norms
        self.maps: Sequence[nn.Parameter] = ()
        self.logged: dict[str, Tensor] = {}

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate; return g (7) before anything is scaled."""
        self.maps = forward.projections
        return super().backward(forward)

    @torch.no_grad()
    def before_clipping(self, encoders: Sequence[Sequence[nn.Parameter]]) -> None:
        """Scale the gradients of the encoders."""
        measured = encoders if self.norms == "encoder" else [[weight] for weight in self.maps]
        sizes = torch.stack([_size(parameters) for parameters in measured])
        factors = self.factors(sizes) if self.acts() else torch.ones_like(sizes)
        for encoder, factor in zip(encoders, factors, strict=True):
            for parameter in encoder:
                if parameter.grad is not None:
                    parameter.grad.mul_(factor)
        self.logged = {"n": sizes, "k": factors}

    def step(self) -> dict[str, Tensor]:
        """Return n_i and the factors k_i of the step, and the fusion weights."""
        return {**super().step(), **self.logged}

    def factors(self, sizes: Tensor) -> Tensor:
        """Return k_i (modality,) from n_i."""
        others = (sizes.sum() - sizes) / (len(sizes) - 1)
        ratios = sizes / others
        slowed = 1 - (self.alpha * ratios / (1 + ratios)).tanh()
        return torch.where(sizes > others, slowed.nan_to_num(1.0), 1.0)


def _size(parameters: Sequence[nn.Parameter]) -> Tensor:
    norms = [p.grad.norm() for p in parameters if p.grad is not None]
    return torch.stack(norms).square().mean().sqrt()
