"""OGM-GE: factors worked by hand, and what they do to a step."""

import pytest
import torch

from evenfuse.balancers import none
from evenfuse.balancers.ogm import Balancer
from tests.balancers.passes import (
    check_encoders_are_scaled,
    check_train_the_same,
    forward,
    gradients,
)
from tests.training.conftest import Make
from tests.training.resuming import check_goes_on_exactly


@pytest.mark.parametrize(("alpha", "slower"), [(0.1, 0.836606), (0.3, 0.542127), (0.5, 0.322564)])
def test_factors_of_two_modalities_worked_by_hand(alpha: float, slower: float) -> None:
    # text alone predicts (.5, -.5) of (1, -1), audio 0: s = 2 exp(-.5), 2 exp(-1)
    balancer = Balancer(torch.ones(2), alpha=alpha)
    scores = balancer.scores(forward([1, -1], [0.5, -0.5], [0.0, 0.0]))
    assert scores.tolist() == pytest.approx([1.213061, 0.735759], abs=1e-6)
    assert balancer.factors(scores).tolist() == pytest.approx([slower, 1], abs=1e-6)


def test_factors_of_three_modalities_worked_by_hand() -> None:
    # leads 2.25, 1.333333, .416667
    factors = Balancer(torch.ones(3), alpha=0.3).factors(torch.tensor([1.2, 0.8, 0.4]))
    assert factors.tolist() == pytest.approx([0.411741, 0.620051, 1], abs=1e-6)


def test_permuting_the_modalities_permutes_the_factors() -> None:
    balancer, scores = Balancer(torch.ones(4)), torch.tensor([0.9, 0.2, 0.5, 0.4])
    order = torch.tensor([2, 0, 3, 1])
    assert torch.equal(balancer.factors(scores)[order], balancer.factors(scores[order]))


def test_all_gradients_of_an_encoder_are_scaled_and_no_other(make: Make) -> None:
    plain, _ = gradients(make, name="none")
    scaled, logged = gradients(make, name="ogm", alpha=0.7)
    factors = logged["k"]
    assert factors.min() < 1 == factors.max()
    check_encoders_are_scaled(plain, scaled, factors)


@pytest.mark.parametrize("modalities", [["audio", "video"], ["vectors", "audio", "video"]])
def test_without_strength_it_is_no_balancing_to_the_bit(
    make: Make, tmp_path, modalities: list[str]
) -> None:
    check_train_the_same(
        make, tmp_path, {"name": "none"}, {"name": "ogm", "alpha": 0.0}, modalities=modalities
    )


def test_it_acts_between_start_and_end(make: Make) -> None:
    run = make(balancing={"name": "ogm", "alpha": 1.0, "start": 1, "end": 2})
    lowest = [run.train_epoch(epoch) for epoch in (1, 2, 3)]
    slowed = [min(row["k_audio"], row["k_video"]) < 1 for row in lowest]
    assert slowed == [False, True, False]


def test_noise_has_the_deviation_of_the_gradient_and_stays_in_the_encoders(make: Make) -> None:
    plain, _ = gradients(make, name="ogm", alpha=0.0)
    noisy, _ = gradients(make, name="ogm", alpha=0.0, noise=True)
    ratios = []
    for name, gradient in plain.items():
        added = noisy[name] - gradient
        if name.startswith(("encoders", "projections")):
            ratios.append((added.std() / gradient.std()).item())
        else:
            assert added.abs().max() == 0, name
    assert sum(ratios) / len(ratios) == pytest.approx(1, abs=0.25)


@pytest.mark.parametrize("noise", [False, True])
def test_goes_on_exactly(make: Make, tmp_path, noise: bool) -> None:
    balancing = {"name": "ogm", "alpha": 1.0, "start": 1, "end": 3, "noise": noise}
    check_goes_on_exactly(make, tmp_path, balancing=balancing)


def test_it_measures_g_as_no_balancing_does(make: Make) -> None:
    _, logged = gradients(make, name="none")
    _, scaled = gradients(make, name="ogm", alpha=0.7)
    torch.testing.assert_close(scaled["g"], scaled["k"] * logged["g"])
    assert issubclass(Balancer, none.Balancer)
