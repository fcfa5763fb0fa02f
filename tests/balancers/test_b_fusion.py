"""B-fusion: pinned by hand, equal to a full double backward, and its properties."""

import pytest
import torch
from torch import Tensor, nn

from evenfuse.balancers import Forward, none
from evenfuse.balancers.b_fusion import Balancer
from evenfuse.batching.corpus import Batch
from evenfuse.models.awf import Model
from evenfuse.nn.readers import Reader
from evenfuse.settings.models.awf import Settings

NAMES = ["m0", "m1", "m2"]
RATE = 0.5


class Features(Reader):
    """Features through one layer, in place of BERT."""

    def __init__(self, width: int):
        super().__init__()
        self.width = width
        self.linear = nn.Linear(3, width)

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        return torch.tanh(self.linear(values))


def small_model(names: list[str], a_fusion: bool, dropout: float = 0.0) -> Model:
    torch.manual_seed(0)
    inputs = {name: Features(4 + int(name[1:])) for name in names}
    settings = Settings(name="awf", hidden_size=5, post_dim=6, a_fusion=a_fusion, dropout=dropout)
    return Model(settings, inputs, 1).double()


def loss_of(model: Model, batch: Batch) -> Tensor:
    return (model(batch).prediction - batch.labels).abs().mean()


def data(modalities: int) -> Batch:
    generator = torch.Generator().manual_seed(1)
    names = [f"m{i}" for i in range(modalities)]
    sequences = {name: torch.randn(7, 4, 3, generator=generator).double() for name in names}
    lengths = {name: torch.tensor([4, 2, 3, 1, 4, 4, 2]) for name in names}
    labels = torch.randn(7, 1, generator=generator).double()
    return Batch(sequences, lengths, labels, torch.arange(7))


def full_double_backward(model: Model, batch: Batch) -> Tensor:
    """dL_w/dw with every parameter, encoders too, in the graph of the first backward."""
    torch.manual_seed(7)
    parameters = dict(model.named_parameters())
    loss = loss_of(model, batch)
    gradients = torch.autograd.grad(
        loss, list(parameters.values()), create_graph=True, allow_unused=True
    )
    by_name = dict(zip(parameters, gradients, strict=True))
    g = torch.stack([by_name[f"projections.{m}.weight"].abs().mean() for m in model.modalities])
    constant = g.detach()
    target = constant.mean() * constant.max() / constant
    weight_loss = (g - target).abs().sum()
    (slope,) = torch.autograd.grad(weight_loss, model.fusion_weights)
    return slope


@pytest.mark.parametrize("modalities", [2, 3])
@pytest.mark.parametrize("a_fusion", [True, False])
@pytest.mark.parametrize("dropout", [0.0, 0.4])
def test_slope_equals_a_full_double_backward(
    modalities: int, a_fusion: bool, dropout: float
) -> None:
    model = small_model(NAMES[:modalities], a_fusion, dropout)
    balancer = Balancer(model.fusion_weights, RATE)
    batch = data(modalities)
    expected = full_double_backward(model, batch)
    torch.manual_seed(7)
    numbers = balancer.backward(Forward(loss_of(model, batch), model.projection_weights()))
    assert expected.abs().min() > 1e-4
    torch.testing.assert_close(numbers["slope"], expected, rtol=1e-10, atol=1e-12)


def test_slope_equals_a_finite_difference() -> None:
    model = small_model(NAMES, a_fusion=True)
    balancer = Balancer(model.fusion_weights, RATE)
    batch = data(3)
    target = {}

    def weight_loss(w: list[float]) -> float:
        with torch.no_grad():
            model.fusion_weights.copy_(torch.tensor(w, dtype=torch.float64))
        grads = torch.autograd.grad(loss_of(model, batch), model.projection_weights())
        g = torch.stack([gradient.abs().mean() for gradient in grads])
        target.setdefault("t", g.mean() * g.max() / g)
        return float((g - target["t"]).abs().sum())

    weight_loss([1.0, 1.0, 1.0])
    step = 1e-6
    expected = []
    for i in range(3):
        up, down = [1.0] * 3, [1.0] * 3
        up[i], down[i] = 1 + step, 1 - step
        expected.append((weight_loss(up) - weight_loss(down)) / (2 * step))
    weight_loss([1.0, 1.0, 1.0])
    numbers = balancer.backward(Forward(loss_of(model, batch), model.projection_weights()))
    assert numbers["slope"].tolist() == pytest.approx(expected, rel=1e-5)


def test_threshold_worked_by_hand() -> None:
    # g = 4, 1, 1: mean 2, r = 1, 4, 4, targets 2, 8, 8
    balancer = Balancer(torch.ones(3))
    target, numbers = balancer.threshold(torch.tensor([4.0, 1.0, 1.0]))
    assert numbers["r"].tolist() == [1, 4, 4]
    assert target.tolist() == [2, 8, 8]
    assert numbers["floored"].tolist() == numbers["capped"].tolist() == [0, 0, 0]


def test_one_step_worked_by_hand() -> None:
    # prediction = w1 v1 x1 + w2 v2 x2, x = (2, 1), v = (1, 1), truth -10: L = prediction + 10
    # g_i = w_i x_i = 2, 1; mean 1.5; r = 1, 2; targets 1.5, 3; L_w = |2 - 1.5| + |1 - 3| = 2.5
    # dL_w/dw = (+x1, -x2) = (2, -1); w <- 1 - 0.25 * (2, -1) = (0.5, 1.25)
    weights = torch.ones(2)
    balancer = Balancer(weights, learning_rate=0.25)
    maps = [nn.Parameter(torch.ones(1, 1)), nn.Parameter(torch.ones(1, 1))]
    x = torch.tensor([2.0, 1.0])
    prediction = sum(weights[i] * maps[i] * x[i] for i in range(2))
    numbers = balancer.backward(Forward((prediction - torch.tensor(-10.0)).abs().mean(), maps))
    assert numbers["g"].tolist() == [2, 1]
    assert numbers["r"].tolist() == [1, 2]
    assert numbers["weight_loss"].item() == 2.5
    assert numbers["slope"].tolist() == [2, -1]
    assert balancer.step()["w"].tolist() == weights.tolist() == [0.5, 1.25]
    assert [m.grad.item() for m in maps] == [2, 1]


def step(balancer: Balancer, maps: list[nn.Parameter], x: tuple[float, float]) -> dict[str, Tensor]:
    """One step on prediction = w1 v1 x1 + w2 v2 x2, far above its truth."""
    w = balancer.weights
    prediction = w[0] * maps[0] * x[0] + w[1] * maps[1] * x[1]
    logged = balancer.backward(Forward((prediction + 100).abs().mean(), maps))
    return {**logged, **balancer.step()}


def test_weights_do_not_fall_below_their_minimum_and_come_back() -> None:
    weights = torch.ones(2)
    balancer = Balancer(weights, learning_rate=20.0)
    maps = [nn.Parameter(torch.ones(1, 1)), nn.Parameter(torch.ones(1, 1))]
    fallen = step(balancer, maps, (2.0, 1.0))  # the first is twice as fast
    assert fallen["w"].tolist() == pytest.approx([balancer.w_min, 21])
    assert fallen["at_floor"].tolist() == [1, 0]
    again = step(balancer, maps, (2.0, 1.0))  # now it is by far the slowest
    assert again["slope"][0] == -2
    assert again["w"][0] > 1
    assert again["at_floor"][0] == 0


def test_vanishing_gradient_is_floored_and_its_factor_capped() -> None:
    balancer = Balancer(torch.ones(2))
    target, numbers = balancer.threshold(torch.tensor([1.0, 0.0]))
    assert numbers["r"].tolist() == [1, balancer.r_max]
    assert numbers["floored"].tolist() == numbers["capped"].tolist() == [0, 1]
    assert torch.isfinite(target).all()


def test_permuting_the_modalities_permutes_everything() -> None:
    plain, batch, numbers = small_model(NAMES, a_fusion=False), data(3), []
    blocks = plain.head[1].weight.detach().split(5, dim=1)
    for order in ([0, 1, 2], [2, 0, 1]):
        permuted = small_model([NAMES[i] for i in order], a_fusion=False)
        permuted.load_state_dict(plain.state_dict())
        permuted.head[1].weight.data = torch.cat([blocks[i] for i in order], dim=1)
        balancer = Balancer(permuted.fusion_weights, RATE)
        logged = balancer.backward(Forward(loss_of(permuted, batch), permuted.projection_weights()))
        numbers.append({**logged, **balancer.step()})
    for name in ("g", "r", "w", "slope"):
        torch.testing.assert_close(numbers[0][name][[2, 0, 1]], numbers[1][name])


def test_task_gradients_are_those_of_an_ordinary_backward() -> None:
    gradients = []
    for kind in (none.Balancer, Balancer):
        model = small_model(NAMES, a_fusion=True)
        balancer = kind(model.fusion_weights)
        batch = data(3)
        balancer.backward(Forward(loss_of(model, batch), model.projection_weights()))
        gradients.append([parameter.grad for parameter in model.parameters()])
    for plain, balanced in zip(*gradients, strict=True):
        assert torch.equal(plain, balanced)


def test_without_balancing_the_weights_stay_and_g_is_measured() -> None:
    model = small_model(NAMES[:2], a_fusion=True)
    balancer = none.Balancer(model.fusion_weights)
    batch = data(2)
    numbers = balancer.backward(Forward(loss_of(model, batch), model.projection_weights()))
    expected = [weight.grad.abs().mean() for weight in model.projection_weights()]
    assert numbers["g"].tolist() == [value.item() for value in expected]
    assert model.fusion_weights.tolist() == [1, 1]
