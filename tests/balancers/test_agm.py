"""AGM: responses and factors worked by hand, and what they do to the gradients."""

import pytest
import torch

from evenfuse.balancers.agm import Balancer
from tests.balancers.passes import (
    check_encoders_are_scaled,
    check_train_the_same,
    forward,
    gradients,
)
from tests.training.conftest import Make


def after(running: list[float], steps: int, **settings: object) -> Balancer:
    balancer = Balancer(torch.ones(len(running)), **settings)
    balancer.running += torch.tensor(running)
    balancer.steps += steps
    return balancer


def test_responses_of_two_modalities_worked_by_hand() -> None:
    # f(TA) = .9, f(T) = .7, f(A) = .1: phi = .75, .15, s = .25, .85
    balancer = Balancer(torch.ones(2))
    answers = torch.tensor([0.9, 0.7, 0.1])[:, None, None]
    scores = balancer.scores(forward([1.0], [0.0], [0.0]), answers)
    assert scores.tolist() == pytest.approx([0.25, 0.85])


def test_responses_sum_up_to_the_prediction() -> None:
    for count in (2, 3, 4):
        balancer = Balancer(torch.ones(count))
        answers = torch.rand(2**count - 1, generator=torch.Generator().manual_seed(count))
        responses = balancer.shares @ answers
        assert responses.sum().item() == pytest.approx(answers[0].item(), abs=1e-5)


def test_responses_of_three_modalities_are_those_of_the_paper() -> None:
    # phi_a = (f(avt) - f(vt) + f(a)) / 3 + (f(av) - f(v) + f(at) - f(t)) / 6
    balancer = Balancer(torch.ones(3))
    third, sixth = 1 / 3, 1 / 6
    expected = {
        (1, 1, 1): third,
        (0, 1, 1): -third,
        (1, 0, 0): third,
        (1, 1, 0): sixth,
        (0, 1, 0): -sixth,
        (1, 0, 1): sixth,
        (0, 0, 1): -sixth,
    }
    found = dict(zip(balancer.subsets, balancer.shares[0].tolist(), strict=True))
    assert found == pytest.approx(expected)


def test_factors_worked_by_hand() -> None:
    # r = 1.822119, .548812; tau = 1.349859, .740818
    factors = after([0.30, 0.60], 4).factors(torch.tensor([0.25, 0.85]))
    assert factors.tolist() == pytest.approx([0.623591, 1.211678], abs=1e-6)


def test_running_means_move_once_per_step() -> None:
    balancer = after([0.30, 0.60], 4)
    balancer.batches = [torch.tensor([0.10, 0.40]), torch.tensor([0.15, 0.45])]
    balancer.step()
    assert balancer.running.tolist() == pytest.approx([0.29, 0.65])
    assert balancer.batches == []


def test_no_factor_exceeds_the_cap() -> None:
    factors = after([-3.0, 3.0], 4, cap=2.0).factors(torch.tensor([0.25, 0.85]))
    assert factors[0] == pytest.approx(torch.tensor(2.0).exp())


def test_permuting_the_modalities_permutes_the_factors() -> None:
    running, scores, order = [0.3, 0.6, 0.5], torch.tensor([0.2, 0.7, 0.9]), torch.tensor([2, 0, 1])
    plain = after(running, 4).factors(scores)
    permuted = after([running[i] for i in order], 4).factors(scores[order])
    torch.testing.assert_close(permuted, plain[order])


def test_encoders_get_a_mix_of_the_whole_and_their_own_gradient(make: Make) -> None:
    # (k1 + k2) / 2 of f(both) and (k1 - k2) / 2 of f(alone), which enter at dL/df(both)
    run = make(balancing={"name": "agm"}, model={"name": "awf", "dropout": 0.0})
    batch = run.train.batch(torch.arange(16))
    output = run.state.model(batch)
    given = run.step.record(output, run.step.objective(output, batch), batch)
    z = given.representations
    (entering,) = torch.autograd.grad(given.task_loss, output.prediction, retain_graph=True)
    whole = torch.autograd.grad(given.task_loss, z, retain_graph=True)
    alone = [
        torch.autograd.grad((entering * given.predict(only)).sum(), each, retain_graph=True)[0]
        for each, only in ((z[0], [z[0], 0 * z[1]]), (z[1], [0 * z[0], z[1]]))
    ]
    factors = torch.tensor([0.5, 1.7])
    balancer = run.step.balancer
    scaled = balancer._scaled(given, balancer.answers(given), factors)
    found = torch.autograd.grad(scaled, z)
    for i, sign in ((0, 1), (1, -1)):
        half = sign * (factors[0] - factors[1]) / 2
        expected = factors.mean() * whole[i] + half * alone[i]
        torch.testing.assert_close(found[i], expected, rtol=1e-4, atol=1e-6)


def test_at_the_encoders_all_their_gradients_are_scaled(make: Make) -> None:
    plain, _ = gradients(make, name="none")
    scaled, logged = gradients(make, name="agm", scale="encoders")
    factors = logged["kappa"]
    assert factors.min() < 1 < factors.max()
    check_encoders_are_scaled(plain, scaled, factors)


@pytest.mark.parametrize("scale", ["responses", "encoders"])
def test_without_strength_it_is_no_balancing_to_the_bit(make: Make, tmp_path, scale: str) -> None:
    check_train_the_same(
        make,
        tmp_path,
        {"name": "none"},
        {"name": "agm", "alpha": 0.0, "scale": scale},
        modalities=["vectors", "audio", "video"],
    )
