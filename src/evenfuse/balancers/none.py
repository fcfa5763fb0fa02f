"""No balancing: the fusion weights stay 1 and the gradient magnitudes are only measured."""

import torch
from torch import Tensor

from evenfuse import balancers
from evenfuse.balancers import Forward


class Balancer(balancers.Balancer):
    """Leaves the fusion weights alone."""

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate; return g (7) per modality, if there are last linear maps."""
        maps = forward.projections
        before = [None if m.grad is None else m.grad.clone() for m in maps]
        forward.backward()
        magnitudes = [
            (m.grad if old is None else m.grad - old).abs().mean() / forward.share
            for m, old in zip(maps, before, strict=True)
            if m.grad is not None
        ]
        return {"g": torch.stack(magnitudes)} if magnitudes else {}
