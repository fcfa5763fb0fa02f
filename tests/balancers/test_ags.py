"""AGS: factors worked by hand, and what they do to the gradients."""

import pytest
import torch

from evenfuse.balancers.ags import Balancer
from tests.balancers.passes import check_encoders_are_scaled, check_train_the_same, gradients
from tests.training.conftest import Make


@pytest.mark.parametrize(("alpha", "slower"), [(0.01, 0.992000), (0.5, 0.620051)])
def test_factors_worked_by_hand(alpha: float, slower: float) -> None:
    # n = 2, .5: q = 4
    factors = Balancer(torch.ones(2), alpha=alpha).factors(torch.tensor([2.0, 0.5]))
    assert factors.tolist() == pytest.approx([slower, 1], abs=1e-6)


def test_a_lead_is_over_the_mean_of_the_others() -> None:
    # means of the others 2, 2.5, 2.5; q of the first 3 / 2
    factors = Balancer(torch.ones(3), alpha=1.0).factors(torch.tensor([3.0, 2.0, 2.0]))
    assert factors.tolist() == pytest.approx([1 - torch.tensor(0.6).tanh().item(), 1, 1])


def test_no_gradient_at_all_scales_nothing() -> None:
    assert Balancer(torch.ones(2)).factors(torch.zeros(2)).tolist() == [1, 1]
    others_are_zero = Balancer(torch.ones(2)).factors(torch.tensor([1.0, 0.0]))
    assert others_are_zero.isfinite().all()


def test_permuting_the_modalities_permutes_the_factors() -> None:
    balancer, sizes = Balancer(torch.ones(4)), torch.tensor([0.9, 0.2, 0.5, 0.4])
    order = torch.tensor([2, 0, 3, 1])
    torch.testing.assert_close(balancer.factors(sizes[order]), balancer.factors(sizes)[order])


@pytest.mark.parametrize("norms", ["last_map", "encoder"])
def test_the_gradients_of_the_leading_encoder_are_scaled(make: Make, norms: str) -> None:
    plain, _ = gradients(make, name="none")
    scaled, logged = gradients(make, name="ags", norms=norms)
    factors = logged["k"]
    assert factors.min() < 1 == factors.max()
    check_encoders_are_scaled(plain, scaled, factors)
    for modality, size in zip(("audio", "video"), logged["n"], strict=True):
        rooms = (f"encoders.{modality}", f"projections.{modality}")
        if norms == "last_map":
            expected = plain[f"projections.{modality}.weight"].norm()
        else:
            own = [g.norm() for name, g in plain.items() if name.startswith(rooms)]
            expected = torch.stack(own).square().mean().sqrt()
        torch.testing.assert_close(size, expected)


def test_without_strength_it_is_no_balancing_to_the_bit(make: Make, tmp_path) -> None:
    check_train_the_same(make, tmp_path, {"name": "none"}, {"name": "ags", "alpha": 0.0})
