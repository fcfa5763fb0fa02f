"""Teachers: copies that follow what they are copies of."""

from copy import deepcopy
from typing import TypeVar

import torch
from torch import nn

Module = TypeVar("Module", bound=nn.Module)


def teacher_of(student: Module) -> Module:
    """Return a copy that is not trained and drops nothing."""
    return deepcopy(student).requires_grad_(False).eval()


@torch.no_grad()
def follow(teacher: nn.Module, student: nn.Module, momentum: float) -> None:
    """Move each parameter of the teacher: momentum times its own, and the rest the student's."""
    for own, new in zip(teacher.parameters(), student.parameters(), strict=True):
        own.lerp_(new, 1 - momentum)
