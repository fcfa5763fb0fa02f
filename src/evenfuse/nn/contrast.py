"""Contrast of representations with keys of this batch and of earlier ones, by soft targets.

Momentum contrast (He et al., CVPR 2020) with the momentum distillation of ALBEF (Li et al., NeurIPS
2021, arXiv 2107.07651, sec. 3.3). A polarity is -1, 0 or 1, the sign of a label.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize


def contrast(queries: Tensor, keys: Tensor, targets: Tensor, temperature: Tensor) -> Tensor:
    """Return the mean cross-entropy of queries (batch, width) against keys (key, width).

    `targets` (batch, key) are probabilities.
    """
    scores = (queries @ keys.T / temperature).log_softmax(dim=1)
    return -(targets * scores).sum(dim=1).mean()


@torch.no_grad()
def soft_targets(
    queries: Tensor, keys: Tensor, hard: Tensor, temperature: Tensor, alpha: float
) -> Tensor:
    """Return alpha times the teacher's own answer to its queries, plus the rest of `hard`."""
    answer = (queries @ keys.T / temperature).softmax(dim=1)
    return alpha * answer + (1 - alpha) * hard


def same_segment(queries: int, keys: int, like: Tensor) -> Tensor:
    """Return targets (query, key) where the key of each query is its own; own keys come first."""
    return torch.eye(queries, keys, dtype=like.dtype, device=like.device)


def same_polarity(queries: Tensor, keys: Tensor) -> Tensor:
    """Return targets (query, key) shared out by all keys of the query's polarity."""
    same = (queries[:, None] == keys).float()
    return same / same.sum(dim=1, keepdim=True)


class KeyQueue(nn.Module):
    """The newest keys (modality, size, width) of earlier segments, and their polarities (size,).

    It starts empty, and takes batches of any size.
    """

    keys: Tensor
    polarities: Tensor
    present: Tensor
    pointer: Tensor

    def __init__(self, modalities: int, size: int, width: int):
        super().__init__()
        self.register_buffer("keys", torch.zeros(modalities, size, width))
        self.register_buffer("polarities", torch.zeros(size))
        self.register_buffer("present", torch.zeros(size, dtype=torch.bool))
        self.register_buffer("pointer", torch.tensor(0))

    def after(self, keys: Tensor, polarities: Tensor) -> tuple[Tensor, Tensor]:
        """Return a batch's keys (modality, batch, width) and polarities, then all that are kept."""
        return (
            torch.cat([keys, self.keys[:, self.present]], dim=1),
            torch.cat([polarities, self.polarities[self.present]]),
        )

    @torch.no_grad()
    def add(self, keys: Tensor, polarities: Tensor) -> None:
        """Put a batch in place of the oldest keys; of a batch above the size, keep the last."""
        size = len(self.present)
        newest = keys[:, -size:]
        number = newest.shape[1]
        places = (self.pointer + torch.arange(number, device=keys.device)) % size
        self.keys[:, places] = newest
        self.polarities[places] = polarities[-size:]
        self.present[places] = True
        self.pointer.copy_((self.pointer + number) % size)


class Comparison(nn.Module):
    """What makes modalities comparable: a map to unit vectors, and one to polarities, for each."""

    def __init__(self, modalities: int, width: int, contrast_width: int, classifies: bool):
        super().__init__()
        numbers = range(modalities)
        self.maps = nn.ModuleList(nn.Linear(width, contrast_width) for _ in numbers)
        self.classifiers = nn.ModuleList(nn.Linear(width, 3) for _ in numbers if classifies)

    def compared(self, pooled: Tensor) -> Tensor:
        """Return unit vectors (modality, batch, contrast width) from (modality, batch, width)."""
        pairs = zip(self.maps, pooled, strict=True)
        return torch.stack([normalize(each(states), dim=1) for each, states in pairs])

    def logits(self, pooled: Tensor) -> Tensor:
        """Return scores of negative, neutral and positive (modality, batch, 3)."""
        pairs = zip(self.classifiers, pooled, strict=True)
        return torch.stack([each(states) for each, states in pairs])
