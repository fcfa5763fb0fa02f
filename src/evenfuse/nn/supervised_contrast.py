"""Contrastive losses: what is alike should be close, compared with all that is there."""

import torch
from torch import Tensor
from torch.nn import functional


def supervised_contrast(vectors: Tensor, alike: Tensor, temperature: float) -> Tensor:
    """Return the supervised contrast of vectors (row, width), arXiv 2004.11362.

    `alike` (row, row) says which rows should be close. For each row, the logarithms of the shares
    that its like have of its similarity to all others are added up; their sum is divided by their
    number and one, as in the public code of HGraph-CL, so that a row without like counts 0.
    """
    directions = functional.normalize(vectors, dim=1)
    itself = torch.eye(len(vectors), dtype=torch.bool, device=vectors.device)
    similarity = directions @ directions.T / temperature
    others = similarity.masked_fill(itself, -torch.inf)
    like = alike & ~itself
    missed = -others.log_softmax(dim=1).masked_fill(~like, 0).sum(dim=1)
    return (missed / (like.sum(dim=1) + 1)).mean()


def view_contrast(first: Tensor, second: Tensor, temperature: float) -> Tensor:
    """Return the contrast of two views (row, width) of the same, each alike its other view only."""
    same = torch.eye(len(first), dtype=torch.bool, device=first.device)
    return supervised_contrast(torch.cat([first, second]), same.repeat(2, 2), temperature)
