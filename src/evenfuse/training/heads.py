"""Linear heads on representations that no longer change: what can be read out of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from evenfuse.metrics import family
from evenfuse.nn.objective import Task
from evenfuse.settings.run import RunSettings
from evenfuse.training.selection import selection_of

STEPS, LOOK_EVERY, LEARNING_RATE = 500, 10, 0.01
ALL = "all"


@dataclass(frozen=True)
class Represented:
    """A split as a trained model has it: Z_i (segment, width), and labels (segment, column)."""

    z: Mapping[str, Tensor]
    labels: Tensor

    def joined(self) -> dict[str, Tensor]:
        """Return the Z_i, and all of them side by side."""
        return {**self.z, ALL: torch.cat([*self.z.values()], dim=1)}


def read_out(splits: Sequence[Represented], settings: RunSettings) -> dict[str, Tensor]:
    """Return what heads on each Z_i, and on all of them, predict of the last of three splits.

    They are trained on the first, and selected on the second.
    """
    joined = [split.joined() for split in splits]
    labels = [split.labels for split in splits[:2]]
    return {name: _predicted([z[name] for z in joined], labels, settings) for name in joined[0]}


def _predicted(z: Sequence[Tensor], labels: Sequence[Tensor], settings: RunSettings) -> Tensor:
    """Train a head on the first split; return its predictions of the last at its best step.

    It starts from 0, sees the training split whole in every step of Adam, and lowers the loss of
    the task. It draws no random number.
    """
    train, valid, test = _standardized(z)
    weight, bias = (torch.zeros(n, labels[0].shape[1]) for n in (train.shape[1], 1))
    optimizer = torch.optim.Adam([weight.requires_grad_(), bias.requires_grad_()], LEARNING_RATE)
    task, score = Task(settings.training.loss), family(settings.metrics).scores
    selection, best = selection_of(settings), torch.zeros(0)
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        task(train @ weight + bias, labels[0]).backward()
        optimizer.step()
        if step % LOOK_EVERY == 0:
            with torch.no_grad():
                scores = score(labels[1].numpy(), (valid @ weight + bias).numpy())
                if selection.offer(step, scores[selection.metric]):
                    best = test @ weight + bias
    return best


def _standardized(z: Sequence[Tensor]) -> list[Tensor]:
    """Scale the features of all splits to mean 0 and deviation 1 on the first."""
    mean, spread = z[0].mean(dim=0), z[0].std(dim=0)
    return [(split - mean) / torch.where(spread > 0, spread, 1) for split in z]
