"""OGM-GE: on-the-fly gradient modulation with generalisation enhancement.

Peng, Wei, Deng, Wang and Hu (CVPR 2022, arXiv 2203.15332). Published for classification by linear
heads; what carries it over to regression and to any head is our reading (docs/balancing.md).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.balancers import Forward
from evenfuse.balancers._parts import only
from evenfuse.balancers._window import InSomeEpochs, scale_below


class Balancer(InSomeEpochs):
    """Slows down the encoders of modalities that predict better than the others.

    A modality's score s_i is that of the prediction from its Z_i alone, the others being 0: the
    sum over the batch of exp(-loss). rho_i is the mean of s_i / s_j over the others j. Where it is
    above 1, the gradient that enters the encoder is multiplied by k_i = 1 - tanh(alpha rho_i).

    `start` and `end` are the epochs, counted from 0, between which it acts. With `noise`, each
    gradient tensor of an encoder gets normal noise of its own deviation.

    Needs `representations`, `labels`, `predict`, `segment_loss`; for noise the encoders.
    """

    def __init__(
        self,
        weights: Tensor,
        alpha: float = 0.3,
        start: int = 0,
        end: int | None = None,
        noise: bool = False,
    ):
        super().__init__(weights, start, end)
        self.alpha = alpha
        self.noise = noise

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        """Backpropagate with scaled gradients; return the modalities' s, k, and g (7) after it."""
        scores = self.scores(forward)
        factors = self.factors(scores) if self.acts() else torch.ones_like(scores)
        scale_below(forward, factors)
        return {"s": scores, "k": factors, **super().backward(forward)}

    @torch.no_grad()
    def scores(self, forward: Forward) -> Tensor:
        """Return s_i (modality,), how well each modality alone predicts the batch."""
        assert forward.predict and forward.segment_loss
        assert forward.labels is not None
        z, numbers = forward.representations, range(len(forward.representations))
        losses = [
            forward.segment_loss(
                forward.predict(only(z, [i == j for j in numbers])), forward.labels
            )
            for i in numbers
        ]
        return torch.stack(losses).neg().exp().sum(dim=1)

    def factors(self, scores: Tensor) -> Tensor:
        """Return k_i (modality,) from s_i; with two modalities this is the paper's."""
        ratios = scores[:, None] / scores
        leads = (ratios.sum(dim=1) - 1) / (len(scores) - 1)
        return torch.where(leads > 1, 1 - (self.alpha * leads).tanh(), 1.0)

    @torch.no_grad()
    def before_clipping(self, encoders: Sequence[Sequence[nn.Parameter]]) -> None:
        """Add noise to the gradients of the encoders, if asked for."""
        if not (self.noise and self.acts()):
            return
        for parameter in (p for encoder in encoders for p in encoder):
            if parameter.grad is not None and parameter.numel() > 1:
                gradient = parameter.grad
                gradient.add_(torch.randn_like(gradient) * (gradient.std() + 1e-8))
