"""MMPareto: joined gradients worked by hand, and properties of the direction."""

import pytest
import torch

from evenfuse.balancers.mm_pareto import Balancer
from tests.balancers.passes import gradients
from tests.training.conftest import Make


def balancer(gamma: float = 1.5) -> Balancer:
    return Balancer(torch.ones(2), [2, 2], gamma=gamma)


@pytest.mark.parametrize(
    ("task", "unimodal", "expected"),
    [
        # cos -.447214: a = .538462, h = (.615385, .923077), lengthened by 1.007782
        ((1.0, 0.0), (-0.5, 1.0), (0.930261, 1.395391)),
        # cos .707107: their sum
        ((1.0, 1.0), (2.0, 0.0), (4.5, 1.5)),
    ],
)
def test_joined_gradient_worked_by_hand(
    task: tuple[float, ...], unimodal: tuple[float, ...], expected: tuple[float, ...]
) -> None:
    joined = balancer().joined(torch.tensor(task), torch.tensor(unimodal))
    assert joined.tolist() == pytest.approx(expected, abs=1e-6)


def test_it_lowers_both_losses_and_is_as_long_as_the_sum() -> None:
    generator = torch.Generator().manual_seed(0)
    for task, unimodal in torch.randn(50, 2, 7, generator=generator):
        joined = balancer(gamma=1.0).joined(task, unimodal)
        assert joined @ task >= 0
        assert joined @ unimodal >= 0
        assert joined.norm() >= (task + unimodal).norm() * (1 - 1e-6)


@pytest.mark.parametrize("task", [(0.0, 0.0), (1.0, -1.0)])
def test_vanishing_gradients_stay_finite(task: tuple[float, float]) -> None:
    joined = balancer().joined(torch.tensor(task), torch.zeros(2))
    assert joined.isfinite().all()
    opposite = balancer().joined(torch.tensor(task), -torch.tensor(task))
    assert opposite.isfinite().all()


@pytest.mark.parametrize("level", ["representation", "parameters"])
def test_gradients_that_agree_are_those_of_the_control(make: Make, level: str) -> None:
    # gamma only scales the encoders; here text and audio agree with the task from the start
    plain, _ = gradients(make, name="unimodal")
    joined, _ = gradients(make, name="mm_pareto", level=level, gamma=1.0)
    for name, gradient in plain.items():
        if not name.startswith(("encoders", "projections")):
            torch.testing.assert_close(joined[name], gradient)


@pytest.mark.parametrize("level", ["representation", "parameters"])
def test_gamma_scales_the_encoders_alone(make: Make, level: str) -> None:
    once, _ = gradients(make, name="mm_pareto", level=level, gamma=1.0)
    twice, _ = gradients(make, name="mm_pareto", level=level, gamma=2.0)
    for name, gradient in once.items():
        factor = 2 if name.startswith(("encoders", "projections")) else 1
        torch.testing.assert_close(twice[name], factor * gradient)


def test_at_the_parameters_each_encoder_gets_its_joined_gradient(make: Make) -> None:
    plain, _ = gradients(make, name="none")
    both, _ = gradients(make, name="unimodal")
    joined, _ = gradients(make, name="mm_pareto", level="parameters")
    for modality in ("audio", "video"):
        own = [
            n for n in plain if n.startswith((f"encoders.{modality}", f"projections.{modality}"))
        ]
        task = torch.cat([plain[name].flatten() for name in own])
        unimodal = torch.cat([(both[name] - plain[name]).flatten() for name in own])
        found = torch.cat([joined[name].flatten() for name in own])
        expected = balancer().joined(task, unimodal)
        torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-5)
