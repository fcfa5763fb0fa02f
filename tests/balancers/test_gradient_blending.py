"""Gradient blending: weights worked by hand, and when they change."""

from pathlib import Path

import pytest
import torch

from evenfuse.balancers.gradient_blending import Balancer
from tests.training.conftest import Make, fit

# training and holdout losses of two modalities and both together, before and after
BEFORE = torch.tensor([[1.2, 1.4, 1.1], [1.3, 1.4, 1.2]])
AFTER = torch.tensor([[0.6, 1.2, 0.4], [0.9, 1.25, 0.85]])


@pytest.mark.parametrize(
    ("floor", "expected"),
    [(0.01, (0.137255, 0.823529, 0.039216)), (0.1, (0.358974, 0.538462, 0.102564))],
)
def test_weights_worked_by_hand(floor: float, expected: tuple[float, ...]) -> None:
    # dG = .4, .15, .35; dO = .2, .05, .35
    balancer = Balancer(torch.ones(2), [1, 1], least_overfitting=floor)
    weights = balancer.weights_of(BEFORE, AFTER)
    assert weights.tolist() == pytest.approx(expected, abs=1e-5)


def test_a_stream_that_got_worse_gets_nothing_and_all_worse_changes_nothing() -> None:
    balancer = Balancer(torch.ones(2), [1, 1])
    worse = AFTER.clone()
    worse[1, 0] = 1.5
    assert balancer.weights_of(BEFORE, worse)[0] == 0
    assert balancer.weights_of(AFTER, BEFORE).tolist() == pytest.approx([1 / 3] * 3)


def test_permuting_the_modalities_permutes_the_weights() -> None:
    balancer, order = Balancer(torch.ones(2), [1, 1]), torch.tensor([1, 0, 2])
    plain = balancer.weights_of(BEFORE, AFTER)
    torch.testing.assert_close(balancer.weights_of(BEFORE[:, order], AFTER[:, order]), plain[order])


def test_it_looks_after_the_first_epoch_and_then_every_so_many(make: Make, tmp_path: Path) -> None:
    run = make(balancing={"name": "gradient_blending", "every": 2})
    rows = fit(run, tmp_path)
    joint = [row["joint_weight"] for row in rows]
    assert joint[:3] == pytest.approx([1 / 3] * 3)
    assert joint[3] != pytest.approx(1 / 3)
    total = joint[3] + rows[3]["unimodal_weight_audio"] + rows[3]["unimodal_weight_video"]
    assert total == pytest.approx(1)


def test_the_holdout_is_not_trained_on(make: Make) -> None:
    run = make(balancing={"name": "gradient_blending", "holdout": 0.25})
    held = set(run.holdout.tolist())
    seen = {int(i) for group in run.groups() for batch in group for i in batch.index}
    assert len(held) == round(0.25 * len(run.train))
    assert not seen & held
    assert seen | held == set(range(len(run.train)))


def test_losses_are_means_over_segments(make: Make) -> None:
    run = make(balancing={"name": "gradient_blending"})
    balancer = run.step.balancer
    (all_at_once,) = run.forwards(torch.arange(20))
    in_parts = [*run.forwards(torch.arange(5)), *run.forwards(torch.arange(5, 20))]
    torch.testing.assert_close(
        balancer._mean_losses(in_parts), balancer._mean_losses([all_at_once])
    )
