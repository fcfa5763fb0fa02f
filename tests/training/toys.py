"""Objectives and a balancer that use every seam of the training step."""

from collections.abc import Iterable
from copy import deepcopy

import torch
from torch import Tensor, nn

from evenfuse import balancers
from evenfuse.balancers import Forward, Fusion
from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.objective import Losses, Objective, Task
from evenfuse.settings.balancers import BalancerSettings
from evenfuse.settings.models import ModelSettings


class Remembering(Objective):
    """Remembers its last prediction of every training segment, and holds the next one to it."""

    memory: Tensor

    def __init__(self, settings: ModelSettings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        self.register_buffer("memory", torch.zeros(len(train)))
        self.register_buffer("epoch", torch.tensor(0))
        self.seen: list[tuple[Tensor, Tensor]] = []

    def forward(self, output: Output, batch: Batch) -> Losses:
        told = output.prediction[:, 0]
        self.seen.append((batch.index, told.detach()))
        change = (told - self.memory[batch.index]).abs().mean()
        return Losses(self.task(output.prediction, batch.labels), {"change": 0.3 * change})

    def before_epoch(self, epoch: int) -> None:
        self.epoch.fill_(epoch)

    def after_step(self, model: SentimentModel) -> None:
        for index, told in self.seen:
            self.memory[index] = told * self.epoch
        self.seen.clear()


class Taught(Objective):
    """Follows a teacher, the moving average of the model."""

    def __init__(self, settings: ModelSettings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        self.teacher = deepcopy(model).requires_grad_(False).eval()
        self.scale = nn.Parameter(torch.tensor(1.0))

    def forward(self, output: Output, batch: Batch) -> Losses:
        taught = self.teacher(batch).prediction
        loss = (self.scale * output.prediction - taught).square().mean()
        return Losses(self.task(output.prediction, batch.labels), {"teacher": loss})

    @torch.no_grad()
    def after_step(self, model: SentimentModel) -> None:
        pairs = zip(self.teacher.parameters(), model.parameters(), strict=True)
        for mine, new in pairs:
            mine.lerp_(new, 0.1)


class WithHeads(balancers.Balancer):
    """Trains a head per modality beside the task, and weighs them by their losses held out."""

    holdout = 0.2
    gains: Tensor

    def __init__(self, weights: Tensor, widths: list[int]):
        super().__init__(weights)
        self.heads = nn.ModuleList(nn.Linear(width, 1) for width in widths)
        self.register_buffer("gains", torch.ones(len(widths)))
        self.counted = (0, 0)

    @classmethod
    def build(cls, settings: BalancerSettings, fusion: Fusion) -> "WithHeads":
        return cls(fusion.weights, list(fusion.widths))

    def backward(self, forward: Forward) -> dict[str, Tensor]:
        losses = self.losses(forward)
        both = forward.task_loss + (self.gains * losses).sum()
        (forward.share * both).backward()
        return {"unimodal_loss": losses.detach()}

    def losses(self, forward: Forward) -> Tensor:
        assert forward.segment_loss is not None
        told = [head(z) for head, z in zip(self.heads, forward.representations, strict=True)]
        return torch.stack([forward.segment_loss(t, forward.labels).mean() for t in told])

    @torch.no_grad()
    def epoch_done(self, train: Iterable[Forward], holdout: Iterable[Forward]) -> None:
        trained, held = list(train), list(holdout)
        self.counted = tuple(sum(len(f.labels) for f in fs) for fs in (trained, held))
        self.gains.copy_(torch.stack([self.losses(f) for f in held]).mean(dim=0))
        assert not any(f.task_loss.requires_grad for f in held)
