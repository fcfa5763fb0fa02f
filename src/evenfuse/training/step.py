"""One step of the optimizer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from evenfuse.balancers import Balancer, Forward
from evenfuse.batching.corpus import Batch
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.objective import Losses, Objective
from evenfuse.settings.run import OptimizerSettings


@dataclass
class Step:
    """What one step needs: algorithm 1, lines 10-17, on one or several batches."""

    model: SentimentModel
    objective: Objective
    balancer: Balancer
    optimizer: Optimizer
    schedule: LRScheduler
    settings: OptimizerSettings
    precision: str

    @cached_property
    def encoders(self) -> list[list[nn.Parameter]]:
        """All parameters below each Z_i of a late-fusion model."""
        return self.model.encoder_parameters() if isinstance(self.model, LateFusion) else []

    @cached_property
    def weights(self) -> list[nn.Parameter]:
        """All parameters that gradients are clipped of."""
        rooms = (self.model, self.objective, self.balancer)
        return list(chain.from_iterable(room.parameters() for room in rooms))

    def __call__(self, batches: Sequence[Batch]) -> dict[str, Tensor]:
        """Accumulate the gradients of the batches, then step all weights and the fusion weights.

        Every segment counts the same, however the batches are cut. Returns numbers to log, means
        over the segments, each () or (modality,), still on the device.
        """
        self.optimizer.zero_grad()
        segments = sum(len(batch) for batch in batches)
        shares = [len(batch) / segments for batch in batches]
        parts = [self._backward(*pair) for pair in zip(batches, shares, strict=True)]
        self.balancer.before_clipping(self.encoders)
        self._clip()
        weights = self.balancer.step()
        self.optimizer.step()
        self.schedule.step()
        self.objective.after_step(self.model)
        return {**_mean(parts, shares), **weights}

    def _backward(self, batch: Batch, share: float) -> dict[str, Tensor]:
        with self._autocast(batch):
            output = self.model(batch)
        losses = self.objective(_in_float32(output), batch)
        balance = self.balancer.backward(self.record(output, losses, batch, share))
        auxiliary = {f"loss_{name}": loss.detach() for name, loss in losses.auxiliary.items()}
        logged = {**auxiliary, **losses.logged, **output.logged, **balance}
        return {"train_loss": losses.task.detach(), **logged}

    def record(self, output: Output, losses: Losses, batch: Batch, share: float = 1.0) -> Forward:
        """Return what the balancer may look at of a forward pass."""
        others = list(losses.auxiliary.values())
        plain = Forward(
            losses.task, auxiliary_loss=torch.stack(others).sum() if others else None, share=share
        )
        if not isinstance(self.model, LateFusion):
            return plain
        return replace(
            plain,
            projections=self.model.projection_weights(),
            labels=batch.labels,
            representations=output.representations,
            encoders=self.encoders,
            predict=self.model.predict_from,
            segment_loss=self.objective.task.per_segment,
            task_loss_again=partial(self._task_loss_again, output, batch),
        )

    def _task_loss_again(self, output: Output, batch: Batch) -> Tensor:
        assert output.predict_again is not None
        with self._autocast(batch):
            prediction = output.predict_again()
        return self.objective.task(prediction.float(), batch.labels)

    def _autocast(self, batch: Batch) -> torch.autocast:
        low = self.precision == "bfloat16"
        return torch.autocast(batch.labels.device.type, torch.bfloat16, enabled=low)

    def _clip(self) -> None:
        if self.settings.clip_norm is not None:
            clip_grad_norm_(self.weights, self.settings.clip_norm)
        if self.settings.clip_value is not None:
            clip_grad_value_(self.weights, self.settings.clip_value)


def _in_float32(output: Output) -> Output:
    """Losses need more digits than bfloat16 has."""
    return replace(
        output,
        prediction=output.prediction.float(),
        parts={name: part.float() for name, part in output.parts.items()},
        representations=[z.float() for z in output.representations],
    )


def _mean(parts: Sequence[dict[str, Tensor]], shares: Sequence[float]) -> dict[str, Tensor]:
    return {
        name: torch.stack(
            [share * part[name] for part, share in zip(parts, shares, strict=True)]
        ).sum(dim=0)
        for name in parts[0]
    }
