"""Products of representations: the whole outer product, or a low-rank map of it."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


def with_one(vectors: Tensor) -> Tensor:
    """Return [1; z] (..., width + 1) of (..., width)."""
    return functional.pad(vectors, (1, 0), value=1.0)


def outer_product(vectors: Sequence[Tensor]) -> Tensor:
    """Return the flattened outer product of all [1; z_i]; the last modality varies fastest.

    Maps one (batch, width_i) per modality to (batch, product of all width_i + 1), which holds every
    product of entries of one or more modalities, and 1. Zadeh et al. 2017 (TFN), sec. 4.2.
    """
    product = with_one(vectors[0])
    for vector in vectors[1:]:
        product = (product[:, :, None] @ with_one(vector)[:, None, :]).flatten(1)
    return product


class LowRankProduct(nn.Module):
    """A linear map of the outer product of all [1; z_i] that never computes the product itself.

    Its tensor is the weighted sum of `rank` products of one factor per modality. The weights start
    at 1, the plain sum of Liu et al. 2018 (LMF, sec. 3.2), and are learnt.
    """

    def __init__(self, widths: Sequence[int], rank: int, outputs: int):
        super().__init__()
        self.factors = nn.ParameterList(
            nn.Parameter(torch.empty(rank, width + 1, outputs)) for width in widths
        )
        self.rank_weights = nn.Parameter(torch.ones(rank))
        self.bias = nn.Parameter(torch.zeros(outputs))
        for factor in self.factors:
            for matrix in factor:
                nn.init.xavier_normal_(matrix)

    def forward(self, vectors: Sequence[Tensor]) -> Tensor:
        """Map one (..., width_i) per modality to (..., output)."""
        product = torch.ones((), device=self.bias.device)
        for vector, factor in zip(vectors, self.factors, strict=True):
            product = product * torch.einsum("...i,rij->...rj", with_one(vector), factor)
        return torch.einsum("...rj,r->...j", product, self.rank_weights) + self.bias
