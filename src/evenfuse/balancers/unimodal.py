"""Unimodal losses with fixed weights: the control of all balancers that train unimodal heads.

Without it, what the heads alone gain would be taken for a gain of the balancing.
"""

from collections.abc import Sequence

from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.balancers._heads import WithHeads, with_loss


class Balancer(WithHeads):
    """Lowers L + weight * sum of l_i, l_i being the loss of a linear head on Z_i."""

    def __init__(
        self, weights: Tensor, widths: Sequence[int], outputs: int = 1, weight: float = 1.0
    ):
        super().__init__(weights, widths, outputs)
        self.weight = weight

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate all losses; return the unimodal losses, and g (7) after it."""
        losses = self.heads.losses(forward)
        logged = super().backward(with_loss(forward, self.weight * losses.sum()))
        return {"unimodal_loss": losses.detach(), **logged}
