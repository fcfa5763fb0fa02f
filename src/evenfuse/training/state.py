"""Everything that changes while a run trains, as tensors and plain values."""

from dataclasses import dataclass, field
from typing import Any

from torch import Generator, Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from evenfuse.balancers import Balancer
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.objective import Objective
from evenfuse.training.history import EpochRow
from evenfuse.training.randomness import random_tensors, random_values, restore_random
from evenfuse.training.selection import Selection


@dataclass
class TrainingState:
    """The objects of a run whose states a checkpoint keeps."""

    model: SentimentModel
    objective: Objective
    balancer: Balancer
    optimizer: Optimizer
    schedule: LRScheduler
    order: Generator
    selection: Selection
    rows: list[EpochRow] = field(default_factory=list)

    def weights(self) -> dict[str, Tensor]:
        """Return all parameters and buffers of the model; the fusion weights are one of them."""
        state: dict[str, Tensor] = self.model.state_dict()
        return state

    def tensors(self) -> dict[str, Tensor]:
        """Return everything else that is a tensor, by names like `optimizer.0.exp_avg`."""
        moments = {
            f"optimizer.{number}.{name}": value
            for number, values in self.optimizer.state_dict()["state"].items()
            for name, value in values.items()
            if value is not None
        }
        random = {f"random.{name}": state for name, state in random_tensors().items()}
        own = {
            f"{room}.{name}": tensor
            for room, module in self._beside_the_model().items()
            for name, tensor in module.state_dict().items()
        }
        return {**moments, **own, **random, "order": self.order.get_state()}

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
        for room, module in self._beside_the_model().items():
            module.load_state_dict(_under(room, tensors))
        self.optimizer.load_state_dict(
            {"state": _by_number(tensors), "param_groups": values["groups"]}
        )
        self.schedule.load_state_dict(values["schedule"])
        self.order.set_state(tensors["order"])
        self.selection.epoch = values["selection"]["epoch"]
        self.selection.score = values["selection"]["score"]
        self.rows[:] = values["rows"]
        restore_random(_under("random", tensors), values["random"])

    def _beside_the_model(self) -> dict[str, nn.Module]:
        return {"objective": self.objective, "balancer": self.balancer}


def _under(room: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors whose names begin with `room.`, by the rest of their names."""
    begin = f"{room}."
    return {name.removeprefix(begin): t for name, t in tensors.items() if name.startswith(begin)}


def _by_number(tensors: dict[str, Tensor]) -> dict[int, dict[str, Tensor]]:
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in _under("optimizer", tensors).items():
        number, name = key.split(".")
        state.setdefault(int(number), {})[name] = value
    return state
