"""Forward passes worked by hand, and gradients of real steps."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from evenfuse.balancers import Forward
from evenfuse.nn.objective import Task
from tests.training.conftest import Make, fit

SGD = {"algorithm": "sgd", "learning_rate": 0.01, "momentum": 0.0}


def forward(labels: list[float], *alone: list[float]) -> Forward:
    """A pass whose modalities predict these numbers alone, and their sum together."""
    truth = torch.tensor(labels)[:, None]
    z = [torch.tensor(predicted)[:, None].requires_grad_() for predicted in alone]
    return Forward(
        (torch.stack(z).sum(dim=0) - truth).abs().mean(),
        labels=truth,
        representations=[1 * each for each in z],
        predict=lambda zs: torch.stack(list(zs)).sum(dim=0),
        segment_loss=Task("l1").per_segment,
    )


def gradients(make: Make, **balancing: Any) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Gradients of one step by parameter of the model, and what the step logs."""
    run = make(balancing=balancing, optimizer=SGD)
    logged = run.step([run.train.batch(torch.arange(15))])  # odd: no signs cancel out
    return {n: p.grad for n, p in run.state.model.named_parameters()}, logged


def accumulated(make: Make, parts: int, **balancing: Any) -> dict[str, Tensor]:
    """Gradients of a second step, on 32 segments in so many batches, and the balancer's state."""
    model = {"name": "awf", "hidden_size": 6, "post_dim": 6, "dropout": 0.0}
    run = make(balancing=balancing, optimizer=SGD, model=model)
    run.step([run.train.batch(torch.arange(32))])
    run.step.balancer.epoch_done([], [])
    run.step([run.train.batch(index) for index in torch.arange(32).chunk(parts)])
    state = {n: p.grad for n, p in run.state.model.named_parameters()}
    return state | run.step.balancer.state_dict()


def check_encoders_are_scaled(
    plain: dict[str, Tensor], scaled: dict[str, Tensor], factors: Tensor
) -> None:
    """Fail unless all gradients of each encoder are multiplied by its factor, and no others."""
    of = dict(zip(("audio", "video"), factors.tolist(), strict=True))
    for name, gradient in plain.items():
        room, modality, *_ = name.split(".")
        factor = of[modality] if room in ("encoders", "projections") else 1
        torch.testing.assert_close(scaled[name], factor * gradient)


def check_train_the_same(
    make: Make, folder: Path, first: dict[str, Any], second: dict[str, Any], **parts: Any
) -> None:
    """Fail unless two balancers train the same model, to the bit."""
    both = []
    for balancing in (first, second):
        run = make(balancing=balancing, **parts)
        fit(run, folder / balancing["name"])
        both.append(run.state.model.state_dict())
    assert all(torch.equal(both[0][key], both[1][key]) for key in both[0])
