"""What trains a model beside the task: named losses, hooks, state that goes on exactly."""

from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from evenfuse.assembly.saved import save_model
from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.models import awf
from evenfuse.nn.model import Output
from evenfuse.nn.objective import Losses, Objective, Task
from evenfuse.training.loop import Trainer
from tests.training.conftest import Make, fit, needs_low_lstms
from tests.training.test_checkpoint import Epochs, Interruption, StoppedError, numbers
from tests.training.toys import Remembering, Taught

KINDS = [Remembering, Taught]
DECAY = {"algorithm": "adam", "learning_rate": 5e-3, "weight_decay": 0.1}


def use(monkeypatch: pytest.MonkeyPatch, kind: type[Objective]) -> None:
    """Put an objective beside the model, as its file would."""
    monkeypatch.setattr(awf, "Objective", kind, raising=False)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("stop", [(1, 0), (2, 3)])
def test_goes_on_exactly(
    make: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    kind: type[Objective],
    stop: tuple[int, int],
) -> None:
    use(monkeypatch, kind)
    whole = make(optimizer=DECAY)
    fit(whole, tmp_path / "whole")
    with pytest.raises(StoppedError):
        fit(make(optimizer=DECAY), tmp_path / "cut", [Interruption(*stop)])
    resumed, epochs = make(optimizer=DECAY), Epochs()
    fit(resumed, tmp_path / "cut", [epochs])
    assert epochs.trained == list(range(stop[0] + 1, 5))
    assert numbers(resumed) == numbers(whole)
    for trainer in (whole, resumed):  # else the objective would have made no difference
        assert len(trainer.step.objective.state_dict()) > 0
    for key, value in whole.step.objective.state_dict().items():
        assert torch.equal(value, resumed.step.objective.state_dict()[key]), key


@pytest.mark.parametrize("kind", KINDS)
def test_a_lost_state_would_be_noticed(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Objective]
) -> None:
    use(monkeypatch, kind)
    whole, forgetful = make(), make()
    fit(whole, tmp_path / "whole")
    forgetful = make()
    with pytest.raises(StoppedError):
        fit(forgetful, tmp_path / "cut", [Interruption(2)])
    forgetful = make()
    monkeypatch.setattr(forgetful.step.objective, "load_state_dict", lambda state: None)
    fit(forgetful, tmp_path / "cut")
    assert numbers(forgetful) != numbers(whole)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_it_travels_with_the_model(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[Objective]
) -> None:
    keys = []
    for name in ("plain", "own"):
        run = make()
        save_model(tmp_path / name, run.state.model, run.settings, run.train.widths(), None, "card")
        keys.append(load_file(tmp_path / name / "weights.safetensors").keys())
        use(monkeypatch, kind)
    assert keys[0] == keys[1]


def grouped(trainer: Trainer) -> set[int]:
    return {id(p) for group in trainer.state.optimizer.param_groups for p in group["params"]}


def test_a_teacher_is_in_no_group_and_knows_no_decay(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, Taught)
    run = make(optimizer=DECAY)
    teacher = run.step.objective.teacher
    assert not grouped(run) & {id(p) for p in teacher.parameters()}
    assert id(run.step.objective.scale) in grouped(run)
    monkeypatch.setattr(Taught, "after_step", Objective.after_step)
    before = [p.clone() for p in teacher.parameters()]
    fit(run, tmp_path)
    assert run.step.objective.scale != 1
    assert all(torch.equal(a, b) for a, b in zip(before, teacher.parameters(), strict=True))


def test_a_teacher_stays_in_evaluation_mode(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Taught)
    run = make()
    run.train_epoch(1)
    assert run.state.model.training
    assert not any(module.training for module in run.step.objective.teacher.modules())


def test_losses_are_logged_apart_and_lowered_together(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Doubled(Objective):
        def forward(self, output: Output, batch: Batch) -> Losses:
            task = self.task(output.prediction, batch.labels)
            seen = {"segments": torch.tensor(float(len(batch)))}
            return Losses(task, {"twice": 2 * task, "half": task / 2}, seen)

    optimizer = {"algorithm": "sgd", "learning_rate": 1e-3, "momentum": 0.0}
    settings = {"optimizer": optimizer, "balancing": {"name": "none"}}
    plain = make(**settings)
    use(monkeypatch, Doubled)
    more = make(**settings)
    before = [p.detach().clone() for p in plain.state.model.parameters()]
    index = torch.arange(16)
    torch.manual_seed(5)
    once = plain.step([plain.train.batch(index)])
    torch.manual_seed(5)
    both = more.step([more.train.batch(index)])
    assert both["train_loss"] == once["train_loss"]
    assert both["loss_twice"] == 2 * once["train_loss"]
    assert both["loss_half"] == once["train_loss"] / 2
    assert both["segments"] == 16
    moved = zip(before, plain.state.model.parameters(), more.state.model.parameters(), strict=True)
    for old, one, three in moved:
        torch.testing.assert_close(three - old, 3.5 * (one - old), rtol=1e-3, atol=1e-7)


def test_hooks_are_called_in_time(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    class Noting(Objective):
        def forward(self, output: Output, batch: Batch) -> Losses:
            calls.append(f"batch {len(batch)}")
            return super().forward(output, batch)

        def before_epoch(self, epoch: int) -> None:
            calls.append(f"epoch {epoch}")

        def after_step(self, model: torch.nn.Module) -> None:
            calls.append("step")

    use(monkeypatch, Noting)
    run = make(training={"batch_size": 60, "accumulate": 2})
    for epoch in (1, 2):
        run.train_epoch(epoch)
    steps = "|".join(calls).split("epoch ")[1:]
    segments = len(run.train)
    assert [step[0] for step in steps] == ["1", "2"]
    for step in steps:
        assert step.count("step") == -(-segments // 120)
        assert step.count("batch") == -(-segments // 60)
        assert step.split("|")[3] == "step"


def test_numbers_on_a_whole_epoch_are_in_its_row(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Counting(Objective):
        def before_epoch(self, epoch: int) -> None:
            self.steps = torch.zeros(2)

        def after_step(self, model: torch.nn.Module) -> None:
            self.steps += torch.tensor([1.0, 2.0])

        def after_epoch(self) -> dict[str, torch.Tensor]:
            return {"steps": self.steps, "most": self.steps.max()}

    use(monkeypatch, Counting)
    run = make()
    steps = -(-len(run.train) // 16)
    for epoch in (1, 2):
        row = run.train_epoch(epoch)
        assert [row["steps_audio"], row["steps_video"], row["most"]] == [
            steps,
            2 * steps,
            2 * steps,
        ]


@needs_low_lstms
def test_under_bfloat16_losses_are_computed_in_float32(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[torch.dtype] = []

    class Exact(Objective):
        def forward(self, output: Output, batch: Batch) -> Losses:
            assert not torch.is_autocast_enabled("cpu")
            product = output.parts["product"]
            seen.extend([output.prediction.dtype, product.dtype, (product @ product.T).dtype])
            seen.extend(z.dtype for z in output.representations)
            return super().forward(output, batch)

    plain = awf.Model.fuse

    def with_part(self: awf.Model, z: list[torch.Tensor], w: torch.Tensor) -> Output:
        product = z[0] @ z[0].T
        assert product.dtype == torch.bfloat16
        output = plain(self, z, w)
        return Output(output.prediction, output.logged, {"product": product})

    monkeypatch.setattr(awf.Model, "fuse", with_part)
    use(monkeypatch, Exact)
    run = make(training={"precision": "bfloat16"}, balancing={"name": "none"})
    run.step([run.train.batch(torch.arange(8))])
    assert set(seen) == {torch.float32}


@pytest.mark.parametrize(
    ("name", "expected"), [("l1", [1.5, 2.0]), ("mse", [2.5, 4.0]), ("bce", [0.503204, 3.048587])]
)
def test_the_task_is_scored_on_the_first_columns_of_the_labels(
    name: str, expected: list[float]
) -> None:
    # two outputs, three label columns: the last one is not what is predicted
    prediction = torch.tensor([[1.0, -2.0], [-3.0, -1.0]])
    labels = torch.tensor([[0.0, 0.0, 9.0], [-1.0, 1.0, 9.0]])
    if name == "bce":
        labels = torch.tensor([[1.0, 0.0, 9.0], [1.0, 1.0, 9.0]])
        expected = [
            (torch.nn.functional.softplus(torch.tensor([-1.0, -2.0])).mean()).item(),
            (torch.nn.functional.softplus(torch.tensor([3.0, 1.0])).mean()).item(),
        ]
    task = Task(name)
    assert task.per_segment(prediction, labels).tolist() == pytest.approx(expected)
    assert task(prediction, labels).item() == pytest.approx(sum(expected) / 2)


def test_an_auxiliary_loss_that_is_no_number_stops_the_run(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Objective):
        def forward(self, output: Output, batch: Batch) -> Losses:
            task = self.task(output.prediction, batch.labels)
            return Losses(task, {"broken": task.detach() * float("nan")})

    use(monkeypatch, Broken)
    with pytest.raises(EvenfuseError, match="no longer a number in epoch 1"):
        fit(make(), tmp_path)
