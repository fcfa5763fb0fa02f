"""Batch norm that can train on a batch of one."""

from torch import Tensor, nn
from torch.nn import functional


class BatchNorm(nn.BatchNorm1d):
    """Batch norm of vectors (batch, feature).

    The last batch of an epoch may hold a single segment, which has no deviation. It is normalised
    by the running statistics and does not change them.
    """

    def forward(self, vectors: Tensor) -> Tensor:
        """Normalise (batch, feature)."""
        if len(vectors) > 1:
            return super().forward(vectors)
        return functional.batch_norm(
            vectors, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
        )
