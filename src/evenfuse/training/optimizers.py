"""The optimizer of all weights but the fusion weights, and the schedule of its learning rates."""

import math
from collections.abc import Iterable
from typing import Any

from torch import nn
from torch.optim import SGD, Adam, AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from evenfuse.errors import choose
from evenfuse.settings.run import GroupSettings, OptimizerSettings

TEXT = "readers.text"
Named = tuple[str, nn.Parameter]


def build_optimizer(settings: OptimizerSettings, trained: Iterable[Named]) -> Optimizer:
    """Build SGD with momentum, Adam or AdamW for the parameters `trained`, each with its name.

    What needs no gradient is left out. A parameter belongs to the group with the longest name
    that its own begins with; the BERT text encoder is a group in any case. Weight decay leaves out
    the names that hold one of `undecayed`.

    Raises:
        EvenfuseError: if a group of the settings is of no part of the model.
    """
    named = [(name, parameter) for name, parameter in trained if parameter.requires_grad]
    _check_rooms(settings, named)
    groups = _groups(settings, named)
    rate, decay = settings.learning_rate, settings.weight_decay
    if settings.algorithm == "sgd":
        return SGD(groups, rate, settings.momentum, weight_decay=decay, fused=True)
    kind = Adam if settings.algorithm == "adam" else AdamW
    return kind(groups, rate, weight_decay=decay, fused=True)


def _groups(settings: OptimizerSettings, trained: list[Named]) -> list[dict[str, Any]]:
    """Return the groups in the order of the settings, after the one of all that is in none."""
    text = GroupSettings(learning_rate=settings.text_learning_rate)
    own = settings.groups.get(TEXT, GroupSettings())
    chosen = {**settings.groups, TEXT: text.model_copy(update=own.model_dump(exclude_none=True))}
    members: dict[str, list[Named]] = {name: [] for name in ("", *chosen)}
    for name, parameter in trained:
        prefixes = [prefix for prefix in chosen if f"{name}.".startswith(f"{prefix}.")]
        members[max(prefixes, key=len, default="")].append((name, parameter))
    return [
        group
        for prefix, own_members in members.items()
        for group in _with_decay(settings, chosen.get(prefix, GroupSettings()), own_members)
    ]


def _with_decay(
    settings: OptimizerSettings, group: GroupSettings, members: list[Named]
) -> list[dict[str, Any]]:
    """Return a group as torch takes it, and one without decay for the names that are left out."""
    shared: dict[str, Any] = {}
    if group.learning_rate is not None:
        shared["lr"] = group.learning_rate
    if group.weight_decay is not None:
        shared["weight_decay"] = group.weight_decay
    left_out = [any(part in name for part in settings.undecayed) for name, _ in members]
    decayed = [p for (_, p), out in zip(members, left_out, strict=True) if not out]
    others = [p for (_, p), out in zip(members, left_out, strict=True) if out]
    both = [{"params": decayed, **shared}, {"params": others, **shared, "weight_decay": 0.0}]
    return [group for group in both if group["params"]]


def _check_rooms(settings: OptimizerSettings, trained: list[Named]) -> None:
    """Refuse a group outside of the model's parts; one of a modality that is not there is fine."""
    rooms = {name.split(".")[0]: None for name, _ in trained}
    for group in settings.groups:
        choose("part of the model, in optimizer.groups,", group.split(".")[0], rooms)


def build_schedule(settings: OptimizerSettings, optimizer: Optimizer, steps: int) -> LambdaLR:
    """Build the schedule over all `steps` of the optimizer: rise, then fall to 0 or stay."""
    rising = round(settings.warmup * steps)

    def factor(step: int) -> float:
        if step < rising:
            return (step + 1) / (rising + 1)
        done = (step - rising) / max(steps - rising, 1)
        cosine = (1 + math.cos(math.pi * done)) / 2
        return {"constant": 1.0, "linear": 1 - done, "cosine": cosine}[settings.schedule]

    return LambdaLR(optimizer, factor)
