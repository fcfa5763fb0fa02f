"""Balancers with unimodal heads: the control, and what all of them share."""

from pathlib import Path

import pytest
import torch

from tests.balancers.passes import accumulated, check_train_the_same, gradients
from tests.training.conftest import Make, fit
from tests.training.resuming import check_goes_on_exactly

HEADED = ["unimodal", "grad_norm", "gradient_blending", "mm_pareto"]


@pytest.mark.parametrize("name", HEADED)
def test_heads_are_trained_and_no_part_of_the_model(make: Make, tmp_path: Path, name: str) -> None:
    run = make(balancing={"name": name})
    before = [p.detach().clone() for p in run.step.balancer.parameters()]
    fit(run, tmp_path)
    after = list(run.step.balancer.parameters())
    assert len(after) == 4  # weight and bias for audio and video
    assert not any(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert not [name for name in run.state.model.state_dict() if "head" in name.split(".")[0][:-1]]


def test_heads_differ_from_seed_to_seed(make: Make) -> None:
    first, again, other = (
        make(seed, balancing={"name": "unimodal"}).step.balancer.heads.maps[0].weight
        for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_weight_of_zero_is_no_balancing_to_the_bit(make: Make, tmp_path: Path) -> None:
    check_train_the_same(make, tmp_path, {"name": "none"}, {"name": "unimodal", "weight": 0.0})


def test_unimodal_losses_reach_the_encoders_and_not_the_head(make: Make) -> None:
    plain, _ = gradients(make, name="none")
    lowered, _ = gradients(make, name="unimodal", weight=2.0)
    twice, _ = gradients(make, name="unimodal", weight=4.0)
    for name, gradient in plain.items():
        added = lowered[name] - gradient
        torch.testing.assert_close(twice[name] - gradient, 2 * added, rtol=1e-3, atol=1e-6)
        in_encoder = name.startswith(("encoders", "projections"))
        assert (added.abs().max() > 1e-6) == in_encoder, name


@pytest.mark.parametrize("name", ["unimodal", "grad_norm"])
def test_accumulated_batches_equal_one(make: Make, name: str) -> None:
    whole, cut = (accumulated(make, parts, name=name) for parts in (1, 4))
    for key, value in whole.items():
        torch.testing.assert_close(cut[key], value, rtol=1e-4, atol=1e-6)


def test_pareto_accumulates_at_the_parameters(make: Make) -> None:
    balancing = {"name": "mm_pareto", "level": "parameters"}
    whole, cut = (accumulated(make, parts, **balancing) for parts in (1, 4))
    for key, value in whole.items():
        torch.testing.assert_close(cut[key], value, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "balancing",
    [
        {"name": "mm_pareto", "level": "parameters"},
        {"name": "gradient_blending", "every": 1},
        {"name": "agm", "scale": "encoders", "start": 1, "end": 3},
        {"name": "ags", "norms": "encoder", "start": 1, "end": 3},
    ],
    ids=lambda balancing: balancing["name"],
)
def test_other_settings_go_on_exactly(make: Make, tmp_path: Path, balancing: dict) -> None:
    check_goes_on_exactly(make, tmp_path, balancing=balancing)
