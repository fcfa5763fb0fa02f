"""One step of the optimizer, and the loss that it lowers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.utils import clip_grad_norm_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from evenfuse.balancing import Balancing
from evenfuse.batching.corpus import Batch
from evenfuse.nn.model import SentimentModel

Loss = Callable[[Tensor, Tensor], Tensor]
LOSSES: dict[str, Loss] = {
    "l1": functional.l1_loss,
    "mse": functional.mse_loss,
    "bce": functional.binary_cross_entropy_with_logits,
}


@dataclass
class Step:
    """What one step needs: algorithm 1, lines 10-17, on one or several batches."""

    model: SentimentModel
    balancer: Balancing
    optimizer: Optimizer
    schedule: LRScheduler
    loss: Loss
    clip_norm: float | None
    precision: str

    def __call__(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        """Accumulate the gradients of the batches, then step all weights and the fusion weights.

        Every segment counts the same, however the batches are cut. Returns numbers to log, means
        over the segments, each () or (modality,), still on the device.
        """
        self.optimizer.zero_grad()
        segments = sum(len(batch) for batch in batches)
        shares = [len(batch) / segments for batch in batches]
        parts = [self._backward(*pair) for pair in zip(batches, shares, strict=True)]
        if self.clip_norm is not None:
            clip_grad_norm_(self.model.parameters(), self.clip_norm)
        weights = self.balancer.step()
        self.optimizer.step()
        self.schedule.step()
        return {**_weighted(parts, shares), **weights}

    def _backward(self, batch: Batch, share: float) -> dict[str, Tensor]:
        low = self.precision == "bfloat16"
        with torch.autocast(batch.labels.device.type, torch.bfloat16, enabled=low):
            output = self.model(batch)
        task_loss = self.loss(output.prediction.float(), batch.labels)
        balance = self.balancer.backward(task_loss, self.model.last_map_weights(), share)
        return {"train_loss": task_loss.detach(), **output.watched, **balance}


def _weighted(parts: Sequence[dict[str, Tensor]], shares: Sequence[float]) -> dict[str, Tensor]:
    return {
        name: torch.stack(
            [share * part[name] for part, share in zip(parts, shares, strict=True)]
        ).sum(dim=0)
        for name in parts[0]
    }
