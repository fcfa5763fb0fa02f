"""What a balancer may own, see and do: parameters, state, hooks, segments held out."""

from pathlib import Path

import pytest
import torch

from evenfuse.balancers import Forward, none
from evenfuse.balancers.b_fusion import Balancer as BFusion
from evenfuse.models import awf
from tests.training.conftest import Make, fit
from tests.training.resuming import check_goes_on_exactly
from tests.training.toys import Remembering, WithHeads

NONE = {"balancing": {"name": "none"}}


@pytest.fixture
def with_heads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(none, "Balancer", WithHeads)


@pytest.mark.usefixtures("with_heads")
def test_goes_on_exactly_with_parameters_and_state(make: Make, tmp_path: Path) -> None:
    whole, resumed = check_goes_on_exactly(make, tmp_path, **NONE)
    before, after = (run.step.balancer.state_dict() for run in (whole, resumed))
    assert all(torch.equal(before[key], after[key]) for key in before)
    assert (whole.step.balancer.gains != 1).all()


@pytest.mark.usefixtures("with_heads")
def test_its_parameters_are_trained_and_cut_no_number_of_the_model(make: Make) -> None:
    run = make(**NONE)
    heads = [p.clone() for p in run.step.balancer.heads.parameters()]
    run.step([run.train.batch(torch.arange(15))])  # odd: signs of errors cannot cancel out
    moved = run.step.balancer.heads.parameters()
    assert not any(torch.equal(a, b) for a, b in zip(heads, moved, strict=True))


def test_its_parameters_leave_the_first_weights_and_dropout_of_the_model_alone(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    states = []
    for _ in range(2):
        run = make(**NONE)
        states.append({**run.state.model.state_dict(), "next": torch.rand(3)})
        monkeypatch.setattr(none, "Balancer", WithHeads)
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@pytest.mark.usefixtures("with_heads")
def test_segments_held_out_are_not_trained_on(make: Make, tmp_path: Path) -> None:
    run = make(**NONE)
    everything = set(range(len(run.train)))
    trained = {int(i) for group in run.groups() for batch in group for i in batch.index}
    held = set(run.holdout.tolist())
    assert trained == everything - held
    assert len(held) == round(0.2 * len(everything))
    fit(run, tmp_path)
    assert run.step.balancer.counted == (len(trained), len(held))
    # drawn by the seed alone
    assert torch.equal(make(**NONE).holdout, run.holdout)
    assert not torch.equal(make(2, **NONE).holdout, run.holdout)


def test_without_a_holdout_every_segment_is_trained_on(make: Make) -> None:
    run = make()
    assert len(run.holdout) == 0
    assert len(run.trained) == len(run.train)


def test_g_is_of_the_task_alone_and_the_step_of_all_losses() -> None:
    def backward(auxiliary: bool) -> tuple[dict[str, torch.Tensor], torch.nn.Parameter]:
        weights = torch.ones(2)
        balancer = BFusion(weights, learning_rate=0.5)
        maps = [torch.nn.Parameter(torch.ones(1, 1)) for _ in range(2)]
        task = (weights[0] * maps[0] * 2 + weights[1] * maps[1]).sum()
        other = (5 * maps[0]).sum() if auxiliary else None
        logged = {**balancer.backward(Forward(task, maps, other)), **balancer.step()}
        return logged, maps[0]

    plain, alone = backward(False)
    both, more = backward(True)
    for name in ("g", "r", "slope", "weight_loss", "w"):
        assert torch.equal(plain[name], both[name]), name
    assert (alone.grad.item(), more.grad.item()) == (2, 7)


def test_gradients_are_changed_before_they_are_clipped(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Louder(none.Balancer):
        def before_clipping(self, encoders: list[list[torch.nn.Parameter]]) -> None:
            assert len(encoders) == 2
            for parameter in encoders[0]:
                parameter.grad.mul_(1e6)

    monkeypatch.setattr(none, "Balancer", Louder)
    settings = {"algorithm": "sgd", "learning_rate": 1.0, "clip_norm": 1e-3}
    run = make(**NONE, optimizer=settings)
    quiet = [p.detach().clone() for p in run.step.encoders[1]]
    loud = [p.detach().clone() for p in run.step.encoders[0]]
    run.step([run.train.batch(torch.arange(16))])

    def moved(before: list[torch.Tensor], now: list[torch.nn.Parameter]) -> float:
        return sum((a - b).norm().item() for a, b in zip(before, now, strict=True))

    assert 0 < moved(loud, run.step.encoders[0]) < 1e-2
    assert moved(quiet, run.step.encoders[1]) < 1e-6


def test_a_balancer_can_ask_for_other_representations_without_drawing_a_number(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: dict[str, torch.Tensor] = {}

    class Asking(none.Balancer):
        def backward(self, forward: Forward) -> dict[str, torch.Tensor]:
            assert list(forward.encoders) == run.step.encoders
            before = torch.get_rng_state()
            with torch.no_grad():
                told["again"] = forward.predict(forward.representations)
                first, second = forward.representations
                told["first"] = forward.predict([first, torch.zeros_like(second)])
            assert torch.equal(before, torch.get_rng_state())
            told["losses"] = forward.segment_loss(told["again"], forward.labels)
            return super().backward(forward)

    monkeypatch.setattr(none, "Balancer", Asking)
    run = make(**NONE)
    batch = run.train.batch(torch.arange(8))
    with torch.no_grad():
        expected = run.state.model.eval()(batch).prediction
    run.state.model.train()
    run.step([batch])
    torch.testing.assert_close(told["again"], expected)
    assert (told["first"] - expected).abs().max() > 1e-3
    assert all(module.training for module in run.state.model.modules())
    torch.testing.assert_close(told["losses"], (expected - batch.labels).abs().mean(dim=1))


@pytest.mark.usefixtures("with_heads")
def test_looking_at_segments_held_out_leaves_the_objective_alone(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(awf, "Objective", Remembering, raising=False)
    run = make(**NONE)
    fit(run, tmp_path)
    assert run.step.objective.seen == []
    assert (run.step.objective.memory[run.holdout] == 0).all()
