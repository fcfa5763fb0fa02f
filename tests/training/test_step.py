"""One step: exact where it can be held against plain torch."""

import pytest
import torch
from torch import nn

from evenfuse.assembly.precision import has_low_lstms
from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.nn.model import SentimentModel
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


@pytest.mark.parametrize("a_fusion", [True, False])
@pytest.mark.parametrize("size", [32, 16, 5, 1])
def test_accumulated_batches_balance_as_one_large_batch(
    make: Make, a_fusion: bool, size: int
) -> None:
    model = {"name": "awf", "hidden_size": 6, "post_dim": 6, "a_fusion": a_fusion}
    parts = {"model": model, "optimizer": {"algorithm": "sgd", "learning_rate": 0.1}}
    whole, cut = make(**parts), make(**parts)
    for start in (0, 24):  # w is 1 in the first step only
        index = torch.arange(start, start + 64)
        once = whole.step([whole.train.batch(index)])
        pieces = cut.step([cut.train.batch(part) for part in index.split(size)])
        assert once.keys() == pieces.keys()
        assert once["slope"].abs().min() > 1e-4
        for name in ("g", "r", "weight_loss", "slope", "w", "train_loss"):
            torch.testing.assert_close(pieces[name], once[name], rtol=1e-4, atol=1e-6, msg=name)


def test_accumulation_drops_the_same_twice(make: Make) -> None:
    """The second pass through the head sees the dropout of the first, and draws nothing itself."""
    model = {"name": "awf", "hidden_size": 6, "post_dim": 6, "dropout": 0.5}
    run = make(model=model)
    batches = [run.train.batch(torch.arange(i, i + 8)) for i in (0, 8)]
    told = [run.state.model(batch) for batch in batches]
    state = torch.get_rng_state()
    for output in told:
        assert torch.equal(output.predict_again(), output.prediction)
    assert torch.equal(torch.get_rng_state(), state)


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
    if not has_low_lstms(torch.device("cpu")):
        with pytest.raises(EvenfuseError, match="cannot compute LSTMs in bfloat16; set training"):
            make(training={"precision": "bfloat16"})
        return
    low = make(training={"precision": "bfloat16"})
    full = make(training={"precision": "float32"})
    batch = low.train.batch(torch.arange(16))
    losses = [run.step([batch])["train_loss"].item() for run in (low, full)]
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=0.02)
    assert {p.dtype for p in low.state.model.parameters()} == {torch.float32}
