"""Everything that changes while a run trains, as tensors and plain values."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Generator, Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from evenfuse.nn.model import SentimentModel
from evenfuse.training.history import Row
from evenfuse.training.randomness import random_tensors, random_values, restore_random
from evenfuse.training.selection import Selection


@dataclass
class TrainingState:
    """The objects of a run whose states a checkpoint keeps."""

    model: SentimentModel
    optimizer: Optimizer
    schedule: LRScheduler
    order: Generator
    selection: Selection
    rows: list[Row] = field(default_factory=list)

    def weights(self) -> dict[str, Tensor]:
        """Return all parameters and buffers of the model; the fusion weights are one of them."""
        state: dict[str, Tensor] = self.model.state_dict()
        return state

    def tensors(self) -> dict[str, Tensor]:
        """Return everything else that is a tensor, by names like ``optimizer.0.exp_avg``."""
        moments = {
            f"optimizer.{number}.{name}": value
            for number, values in self.optimizer.state_dict()["state"].items()
            for name, value in values.items()
            if value is not None
        }
        states = {f"random.{name}": state for name, state in random_tensors().items()}
        return {**moments, **states, "order": self.order.get_state()}

    def values(self) -> dict[str, Any]:
        """Return everything else, as JSON can hold it."""
        return {
            "rows": self.rows,
            "selection": {"epoch": self.selection.epoch, "score": self.selection.score},
            "schedule": self.schedule.state_dict(),
            "groups": self.optimizer.state_dict()["param_groups"],
            "random": random_values(),
        }

    def restore(
        self, weights: dict[str, Tensor], tensors: dict[str, Tensor], values: dict[str, Any]
    ) -> None:
        """Put all objects into the states that the three functions above gave."""
        self.model.load_state_dict(weights)
        self.optimizer.load_state_dict(
            {"state": _by_number(tensors), "param_groups": values["groups"]}
        )
        self.schedule.load_state_dict(values["schedule"])
        self.order.set_state(tensors["order"])
        self.selection.epoch = values["selection"]["epoch"]
        self.selection.score = values["selection"]["score"]
        self.rows[:] = values["rows"]
        states = {
            name.removeprefix("random."): state
            for name, state in tensors.items()
            if name.startswith("random.")
        }
        restore_random(states, values["random"])


def _by_number(tensors: dict[str, Tensor]) -> dict[int, dict[str, torch.Tensor]]:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("optimizer."):
            _, number, name = key.split(".")
            state.setdefault(int(number), {})[name] = value
    return state
