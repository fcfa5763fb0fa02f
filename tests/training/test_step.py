"""One step: exact where it can be held against plain torch."""

import pytest
import torch
from torch import nn

from evenfuse.balancers import Forward
from evenfuse.balancers.b_fusion import Balancer
from evenfuse.batching.corpus import Batch
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.training.optimizers import build_schedule
from tests.training.conftest import Make, run_settings

PLAIN = {"model": {"name": "awf", "hidden_size": 6, "post_dim": 6, "a_fusion": False}}


class PlainConcat(nn.Module):
    """Late fusion by concatenation, written down without this project's classes."""

    def __init__(self, model: SentimentModel):
        super().__init__()
        self.lstms = nn.ModuleDict({m: model.encoders[m].lstm for m in model.modalities})
        self.maps, self.head, self.readers = model.projections, model.head, model.readers

    def forward(self, batch: Batch) -> torch.Tensor:
        mapped = []
        for name, lstm in self.lstms.items():
            reader, lengths = self.readers[name], batch.lengths[name]
            frames = (batch.sequences[name] - reader.mean) / reader.deviation
            states = lstm(frames)[0][range(len(lengths)), lengths - 1]
            mapped.append(self.maps[name](states))
        return self.head(torch.cat(mapped, dim=1))


@pytest.mark.parametrize("algorithm", ["sgd", "adam"])
def test_no_balancer_is_bit_identical_to_plain_concat_training(make: Make, algorithm: str) -> None:
    parts = {**PLAIN, "balancing": {"name": "none"}}
    parts["optimizer"] = {"algorithm": algorithm, "learning_rate": 0.01}
    ours, twin = make(**parts), make(**parts)
    plain = PlainConcat(twin.state.model)
    optimizer = twin.state.optimizer
    for start in range(0, 48, 16):
        batch = ours.train.batch(torch.arange(start, start + 16))
        ours.step([batch])
        optimizer.zero_grad()
        nn.functional.l1_loss(plain(batch), batch.labels).backward()
        optimizer.step()
    theirs = twin.state.model.state_dict()
    for key, value in ours.state.model.state_dict().items():
        assert torch.equal(value, theirs[key]), key


@pytest.mark.parametrize("balancer", ["none", "b_fusion"])
def test_accumulated_batches_are_one_large_batch(make: Make, balancer: str) -> None:
    """SGD's step is linear in the gradient, so every weight moves as for one batch of all."""
    parts = {**PLAIN, "balancing": {"name": balancer}}
    parts["optimizer"] = {"algorithm": "sgd", "learning_rate": 0.01}
    whole, cut = make(**parts), make(**parts)
    index = torch.arange(22)
    whole.step([whole.train.batch(index)])
    cut.step([cut.train.batch(part) for part in index.split(8)])  # 8, 8 and 6
    for (key, one), two in zip(
        whole.state.model.named_parameters(), cut.state.model.parameters(), strict=True
    ):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-7, msg=key)


class Line(SentimentModel):
    """Prediction = w v x, with a last map v and a fusion weight w per modality."""

    def __init__(self) -> None:
        super().__init__({})
        self.maps = nn.ParameterList([nn.Parameter(torch.ones(1, 1)) for _ in range(2)])
        self.register_buffer("fusion_weights", torch.ones(2))

    def forward(self, batch: Batch) -> Output:
        parts = [w * m * batch.sequences["x"][:, i : i + 1] for i, (w, m) in self._pairs()]
        return Output(torch.stack(parts).sum(dim=0))

    def _pairs(self) -> list[tuple[int, tuple[torch.Tensor, torch.Tensor]]]:
        return list(enumerate(zip(self.fusion_weights, self.maps, strict=True)))


@pytest.mark.parametrize("shares", [[1], [0.5, 0.5], [0.25, 0.75]])
def test_fusion_weights_step_by_the_mean_slope_of_accumulated_batches(shares: list[float]) -> None:
    # the example of docs/method.md: slope (2, -1) for every segment, so for every way to cut
    model = Line()
    balancer = Balancer(model.fusion_weights, learning_rate=0.5)
    for share in shares:
        x, one = torch.tensor([[2.0, 1.0]]), torch.zeros(1, dtype=torch.int64)
        batch = Batch({"x": x}, {}, torch.tensor([[-10.0]]), one)
        loss = (model(batch).prediction - batch.labels).abs().mean()
        forward = Forward(loss, list(model.maps), share=share)
        assert balancer.backward(forward)["g"].tolist() == [2, 1]
    assert balancer.step()["w"].tolist() == [0, 1.5]
    assert [m.grad.item() for m in model.maps] == [2, 1]
    assert balancer.step()["w"].tolist() == [0, 1.5]  # nothing is stepped twice


def test_g_without_balancing_is_that_of_each_batch(make: Make) -> None:
    parts = {**PLAIN, "balancing": {"name": "none"}}
    parts["optimizer"] = {"algorithm": "sgd", "learning_rate": 1e-12}
    singles, together = make(**parts), make(**parts)
    batches = [singles.train.batch(torch.arange(start, start + 8)) for start in (0, 8)]
    each = [singles.step([batch])["g"] for batch in batches]
    torch.testing.assert_close(together.step(batches)["g"], (each[0] + each[1]) / 2)


def test_gradients_are_clipped_to_their_longest(make: Make) -> None:
    run = make(optimizer={"algorithm": "sgd", "learning_rate": 1.0, "clip_norm": 1e-3})
    before = nn.utils.parameters_to_vector(run.state.model.parameters()).detach().clone()
    run.step([run.train.batch(torch.arange(16))])
    after = nn.utils.parameters_to_vector(run.state.model.parameters())
    assert (after - before).norm().item() == pytest.approx(1e-3, rel=1e-2)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("constant", [1 / 3, 2 / 3, 1, 1, 1, 1, 1, 1]),
        ("linear", [1 / 3, 2 / 3, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]),
        ("cosine", [1 / 3, 2 / 3, 1, 0.9330127, 0.75, 0.5, 0.25, 0.0669873]),
    ],
)
def test_schedules_worked_by_hand(schedule: str, expected: list[float]) -> None:
    settings = run_settings(optimizer={"schedule": schedule, "warmup": 0.25}).optimizer
    optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=2.0)
    steps = build_schedule(settings, optimizer, 8)
    rates = []
    for _ in range(8):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        steps.step()
    assert rates == pytest.approx([2 * factor for factor in expected])


def test_bfloat16_changes_little_and_keeps_float32_weights(make: Make) -> None:
    low = make(training={"precision": "bfloat16"})
    full = make(training={"precision": "float32"})
    batch = low.train.batch(torch.arange(16))
    losses = [run.step([batch])["train_loss"].item() for run in (low, full)]
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert {p.dtype for p in low.state.model.parameters()} == {torch.float32}
