"""GradNorm: one step of its weights worked by hand."""

from pathlib import Path

import pytest
import torch
from torch import nn

from evenfuse.balancers import Forward
from evenfuse.balancers.grad_norm import Balancer
from evenfuse.nn.objective import Task
from tests.balancers.passes import check_train_the_same
from tests.training.conftest import Make, fit


def after_first_epoch(alpha: float = 1.5, first: tuple[float, ...] = (1.2, 1.2)) -> Balancer:
    balancer = Balancer(torch.ones(len(first)), [1] * len(first), alpha=alpha)
    balancer.first_losses += torch.tensor(first)
    balancer.epochs += 1
    return balancer


@pytest.mark.parametrize("alpha", [1.5, 0.12])
def test_slope_worked_by_hand(alpha: float) -> None:
    # r = .8, 1.2; mean G 1.25; targets .894427, 1.643168 (alpha 1.5), 1.216973, 1.277650 (.12)
    slope = after_first_epoch(alpha).slope(torch.tensor([0.6, 0.9]), torch.tensor([2.0, 0.5]))
    assert slope.tolist() == [2.0, -0.5]


def test_the_target_grows_with_what_is_left_to_learn() -> None:
    # mean G 1: r ** 1.5 = .715542 and 1.314534, so .8 is above the first and 1.2 below the second;
    # with r ** -1.5, as in a popular port, both signs would be the other way round
    slope = after_first_epoch().slope(torch.tensor([0.6, 0.9]), torch.tensor([0.8, 1.2]))
    assert slope.tolist() == pytest.approx([0.8, -1.2])


def test_step_worked_by_hand() -> None:
    # v - .025 (2, -.5) = (.95, 1.0125), scaled to a sum of 2
    balancer = after_first_epoch()
    gradients = [torch.tensor([[2.0]]), torch.tensor([[0.5]])]
    balancer.batches = [(1.0, torch.tensor([0.6, 0.9]), gradients)]
    weights = balancer.step()["unimodal_weight"]
    assert weights.tolist() == pytest.approx([0.968153, 1.031847], abs=1e-6)


def test_gradient_is_that_of_the_unimodal_loss_by_the_last_map() -> None:
    # l = |2 v x - 1| for head 2, x 3, v 1: dl/dv = 6
    balancer = after_first_epoch(first=(1.0,))
    (head,) = balancer.heads.maps
    nn.init.constant_(head.weight, 2.0)
    nn.init.zeros_(head.bias)
    last_map = nn.Parameter(torch.ones(1, 1))
    z = torch.tensor([[3.0]]) @ last_map
    labels = torch.tensor([[1.0]])
    task = Task("l1")
    given = Forward(
        task(z, labels),
        projections=[last_map],
        labels=labels,
        representations=[z],
        segment_loss=task.per_segment,
    )
    assert balancer.backward(given)["unimodal_loss"].tolist() == [5]
    assert balancer.batches[0][2][0].item() == 6


def test_permuting_the_modalities_permutes_the_slope() -> None:
    losses, norms = torch.tensor([0.5, 0.9, 0.7]), torch.tensor([2.0, 0.3, 1.0])
    first, order = torch.tensor([1.0, 1.1, 1.4]), torch.tensor([2, 0, 1])
    plain = after_first_epoch(first=tuple(first.tolist())).slope(losses, norms)
    permuted = after_first_epoch(first=tuple(first[order].tolist()))
    torch.testing.assert_close(permuted.slope(losses[order], norms[order]), plain[order])


def test_weights_move_after_the_first_epoch_only_and_keep_their_sum(
    make: Make, tmp_path: Path
) -> None:
    run = make(balancing={"name": "grad_norm", "learning_rate": 0.5})
    rows = fit(run, tmp_path)
    weights = [(row["unimodal_weight_audio"], row["unimodal_weight_video"]) for row in rows]
    assert weights[0] == (1, 1)
    assert weights[-1] != (1, 1)
    assert [sum(pair) for pair in weights] == pytest.approx([2] * len(rows))
    first = [rows[0][f"unimodal_loss_{name}"] for name in ("audio", "video")]
    assert run.step.balancer.first_losses.tolist() == pytest.approx(first)


def test_without_a_rate_it_is_the_control_to_the_bit(make: Make, tmp_path: Path) -> None:
    check_train_the_same(
        make, tmp_path, {"name": "unimodal"}, {"name": "grad_norm", "learning_rate": 0.0}
    )
