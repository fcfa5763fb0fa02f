"""The model with momentum distillation: its teacher, its losses, its switches."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from evenfuse.assembly.saved import load_model, save_model
from evenfuse.errors import EvenfuseError
from evenfuse.models.momentum import Model, Objective
from evenfuse.nn.model import Output
from evenfuse.nn.moving_average import follow
from evenfuse.nn.objective import Task
from evenfuse.nn.predict import predict
from evenfuse.nn.sequences import States
from evenfuse.nn.text import Tokenizer
from evenfuse.training.loop import Trainer
from tests.models.small import SMALL
from tests.training.conftest import Make, fit, make
from tests.training.resuming import check_goes_on_exactly

__all__ = ["make"]


DECAY = {"algorithm": "sgd", "learning_rate": 0.5, "weight_decay": 0.9, "momentum": 0.0}


def small(**settings: Any) -> dict[str, Any]:
    return {
        "model": {"name": "momentum", **SMALL["momentum"], "residual_dropout": 0.2, **settings},
        "balancing": {"name": "none"},
    }


def step(run: Trainer, start: int = 0, segments: int = 16) -> dict[str, Tensor]:
    return run.step([run.train.batch(torch.arange(start, start + segments))])


def weights(run: Trainer) -> dict[str, Tensor]:
    state = run.state.model.state_dict()
    return {name: value for name, value in state.items() if not name.startswith("teacher")}


def teacher(run: Trainer) -> list[Tensor]:
    model = run.state.model
    assert isinstance(model, Model)
    assert model.teacher is not None
    return [p.detach().clone() for p in model.teacher.parameters()]


def test_a_teacher_follows_by_its_momentum() -> None:
    own, student = nn.Linear(1, 1, bias=False), nn.Linear(1, 1, bias=False)
    nn.init.constant_(own.weight, 1.0)
    nn.init.constant_(student.weight, 3.0)
    follow(own, student, 0.995)
    assert own.weight.item() == pytest.approx(1.01)
    follow(own, student, 0.995)
    assert own.weight.item() == pytest.approx(1.01995)


def test_the_teacher_before_each_step_is_that_of_albef() -> None:
    # moved after the step 0, 1, 2, 3 of the student, seen by the forward passes before it
    own, student = (nn.Linear(1, 1, bias=False) for _ in range(2))
    nn.init.zeros_(own.weight)
    seen = []
    for value in (0.0, 1.0, 2.0, 3.0):
        nn.init.constant_(student.weight, value)
        follow(own, student, 0.9)
        seen.append(own.weight.item())
    assert seen == pytest.approx([0, 0.1, 0.29, 0.561])


def test_momentum_is_small_at_the_start(make: Make) -> None:
    run = make(**small())
    objective = run.step.objective
    assert isinstance(objective, Objective)
    seen = []
    for _ in range(3):
        seen.append(objective.momentum())
        objective.after_step(run.state.model)
    assert seen == pytest.approx([1 / 10, 2 / 11, 3 / 12])
    objective.steps.fill_(10**6)
    assert objective.momentum() == 0.995
    assert make(**small(momentum_warmup=False)).step.objective.momentum() == 0.995


def test_the_teacher_moves_once_per_step_however_the_batches_are_cut(make: Make) -> None:
    run = make(**small(momentum=0.9, momentum_warmup=False))
    before = teacher(run)
    run.step([run.train.batch(index) for index in torch.arange(16).chunk(2)])
    student = list(run.state.model.student.parameters())
    for old, now, new in zip(before, teacher(run), student, strict=True):
        torch.testing.assert_close(now, 0.9 * old + 0.1 * new.detach())
    assert run.step.objective.steps == 1


def test_the_share_of_the_teacher_rises_over_the_first_epoch(make: Make) -> None:
    run = make(**small())
    objective, quarter = run.step.objective, len(run.train) / 4
    shares = []
    for number in range(6):
        objective.segments.fill_(round(number * quarter))
        shares.append(objective.alpha())
    assert shares == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.4], abs=0.01)
    assert make(**small(teacher=False)).step.objective.alpha() == 0


def test_no_optimizer_knows_the_teacher_and_training_mode_leaves_it(make: Make) -> None:
    still = small(momentum=0.9999999, momentum_warmup=False)
    run = make(**still, optimizer=DECAY)
    before = teacher(run)
    known = {id(p) for group in run.step.optimizer.param_groups for p in group["params"]}
    model = run.state.model.train()
    assert not known & {id(p) for p in model.teacher.parameters()}
    assert not any(part.training for part in model.teacher.modules())
    assert model.student.training
    step(run)
    for old, now in zip(before, teacher(run), strict=True):
        torch.testing.assert_close(old, now, rtol=1e-4, atol=1e-5)


def test_the_teacher_draws_no_random_number(make: Make, tmp_path: Path) -> None:
    both = []
    for with_teacher in (True, False):
        run = make(**small(teacher=with_teacher, contrast_weight=0.0, polarity="none"))
        fit(run, tmp_path / str(with_teacher))
        both.append(weights(run))
    assert all(torch.equal(both[0][key], both[1][key]) for key in both[0])


def test_it_goes_on_exactly_with_queue_and_teacher(make: Make, tmp_path: Path) -> None:
    settings = small(polarity="both", distil_prediction=0.1)
    whole, resumed = check_goes_on_exactly(make, tmp_path, **settings)
    assert {"loss_contrast", "loss_polarity", "loss_distil"} <= set(resumed.state.rows[0])
    states = [run.step.objective.state_dict() for run in (whole, resumed)]
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


SWITCHES = [
    {"alpha": 0.0},
    {"alpha_epochs": 0.0},
    {"teacher": False},
    {"polarity": "none"},
    {"polarity": "classify"},
    {"neutral": "with_positive"},
    {"neutral": "without", "polarity": "both"},
    {"gate": False},
    {"gate_context": "segment", "gate_position": "after"},
    {"co_attention": "none"},
    {"co_attention": "both"},
    {"pooling": "mean"},
    {"pairs": "with_guide"},
    {"learn_temperature": False},
    {"evaluate": "teacher"},
]


@pytest.mark.parametrize("switch", SWITCHES, ids=str)
def test_every_switch_trains(make: Make, tmp_path: Path, switch: dict[str, Any]) -> None:
    run = make(**small(**switch), modalities=["vectors", "audio", "video"])
    rows = fit(run, tmp_path)
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]


@pytest.fixture
def with_own_bert(make: Make, vocabulary: Path) -> Trainer:
    """A run whose teacher has a BERT of its own."""
    text = {"modalities": ["text", "audio"], "text_encoder": str(vocabulary)}
    return make(**small(teacher_text="own"), **text, optimizer=DECAY)


def test_the_teachers_bert_is_of_the_teacher(with_own_bert: Trainer) -> None:
    run = with_own_bert
    model = run.state.model.train()
    teachers = [model.teacher, model.teacher_text, run.step.objective.teacher]
    known = {id(p) for group in run.step.optimizer.param_groups for p in group["params"]}
    for part in teachers:
        assert not any(module.training for module in part.modules())
        assert not known & {id(p) for p in part.parameters()}
    assert model.readers.training
    own = [p.clone() for p in model.teacher_text.parameters()]
    step(run)
    for old, now, new in zip(
        own, model.teacher_text.parameters(), model.readers["text"].parameters(), strict=True
    ):
        torch.testing.assert_close(now, 0.1 * old + 0.9 * new)  # the first step of the warm-up


def test_it_goes_on_exactly_with_a_bert_of_the_teachers_own(
    make: Make, vocabulary: Path, tmp_path: Path
) -> None:
    text = {"modalities": ["text", "audio"], "text_encoder": str(vocabulary)}
    _, resumed = check_goes_on_exactly(make, tmp_path, **small(teacher_text="own"), **text)
    assert any(name.startswith("teacher_text.") for name in resumed.state.weights())
    assert resumed.step.objective.steps == 4 * len(list(resumed.groups()))


@pytest.mark.parametrize("settings", [{}, {"polarity": "none"}, {"teacher": False}], ids=str)
def test_an_epoch_may_end_with_one_segment_and_hold_nothing_but_zeros(
    make: Make, settings: dict[str, Any]
) -> None:
    run = make(**small(**settings))
    for index in torch.arange(len(run.train)).split(len(run.train) - 1):
        batch = run.train.batch(index)
        empty = {name: torch.zeros_like(states) for name, states in batch.sequences.items()}
        logged = run.step([replace(batch, sequences=empty)])
        assert all(value.isfinite().all() for value in logged.values())
    assert all(p.isfinite().all() for p in run.state.model.parameters())


@pytest.mark.parametrize("label", [2.0, -1.0, 0.0])
@pytest.mark.parametrize("settings", [{}, {"polarity": "both", "neutral": "without"}], ids=str)
@pytest.mark.parametrize("segments", [1, 5])
def test_labels_of_one_sign_give_finite_losses(
    make: Make, label: float, settings: dict[str, Any], segments: int
) -> None:
    run = make(**small(**settings))
    for start in (0, 5):
        batch = run.train.batch(torch.arange(start, start + segments))
        logged = run.step([replace(batch, labels=torch.full_like(batch.labels, label))])
        assert all(value.isfinite().all() for value in logged.values())
    assert all(p.isfinite().all() for p in run.state.model.parameters())


def test_a_neutral_label_is_what_the_setting_says(make: Make) -> None:
    polarities, of_keys = torch.tensor([0.0, 1.0]), torch.tensor([0.0, 1.0, 1.0, 0.0])
    half = 1 / 2
    expected = {
        "own": [[half, 0, 0, half], [0, half, half, 0]],
        "without": [[1, 0, 0, 0], [0, half, half, 0]],
    }
    for neutral, rows in expected.items():
        objective = make(**small(neutral=neutral)).step.objective
        assert objective.targets(polarities, of_keys).tolist() == rows
    objective = make(**small(neutral="with_positive")).step.objective
    assert objective.polarities(torch.tensor([[0.0], [-0.2], [3.0]])).tolist() == [1, -1, 1]
    own = make(**small(polarity="none")).step.objective
    assert own.targets(polarities, of_keys).tolist() == [[1, 0, 0, 0], [0, 1, 0, 0]]


def test_classified_polarities_worked_by_hand(make: Make) -> None:
    # student (0, ln 2, 0), teacher (0, ln 2, ln 2), truth neutral: .4 of (.2, .4, .4) and .6 of it
    run = make(**small(polarity="classify", polarity_weight=1.0))
    objective = run.step.objective
    two = math.log(2)
    for net, logits in ((objective.student, [0, two, 0]), (objective.teacher, [0, two, two])):
        for classifier in net.classifiers:
            nn.init.zeros_(classifier.weight)
            classifier.bias.data = torch.tensor(logits)
    pooled = torch.zeros(2, 3, 8)
    output = Output(torch.zeros(3, 1), parts={"pooled": pooled, "taught": pooled})
    for segments, expected in ((0, math.log(2)), (10**6, 0.859503)):
        objective.segments.fill_(segments)
        loss = objective._classified(output, torch.zeros(3))
        assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_the_temperature_stays_within_its_bounds(make: Make) -> None:
    run = make(**small())
    for wild in (-3.0, 2.0):
        run.step.objective.temperature.data.fill_(wild)
        run.step.objective.after_step(run.state.model)
        assert run.step.objective.temperature.item() == pytest.approx(0.001 if wild < 0 else 0.5)


def test_the_history_has_the_course_of_alpha_and_temperature(make: Make, tmp_path: Path) -> None:
    run = make(**small(alpha_epochs=2.0))
    rows = fit(run, tmp_path)
    number = len(run.train)
    # the smaller batch may be any: up to 10 segments fewer before each step
    before = [torch.arange(0, number, 16) + number * epoch for epoch in (0, 1)]
    expected = [(0.4 * seen / (2 * number)).mean().item() for seen in before]
    assert [row["alpha"] for row in rows] == pytest.approx([*expected, 0.4, 0.4], abs=0.014)
    assert rows[0]["temperature"] == pytest.approx(0.07, abs=0.05) != rows[-1]["temperature"]
    alone = step(make(**small(teacher=False, contrast_weight=0.0)))
    assert not {"alpha", "temperature"} & set(alone)


def test_labels_of_yes_and_no_have_no_polarity(make: Make) -> None:
    run = make(**small())
    settings = run.settings.model
    with pytest.raises(EvenfuseError, match="polarity: none"):
        Objective(settings, Task("bce"), run.state.model, run.train)
    without = settings.model_copy(update={"polarity": "none"})
    Objective(without, Task("bce"), run.state.model, run.train)


def test_a_saved_model_has_no_queue(make: Make) -> None:
    run = make(**small())
    step(run)
    names = set(run.state.model.state_dict())
    assert not [name for name in names if "queue" in name or "maps" in name or "temper" in name]
    assert any(name.startswith("teacher.") for name in names)
    alone = make(**small(teacher=False))
    assert not any(name.startswith("teacher") for name in alone.state.model.state_dict())


@pytest.mark.parametrize("text", ["shared", "own"])
def test_one_trained_model_predicts_with_both_networks(
    make: Make, vocabulary: Path, tmp_path: Path, text: str
) -> None:
    run = make(
        **small(teacher_text=text), modalities=["text", "audio"], text_encoder=str(vocabulary)
    )
    step(run)
    model, batch = run.state.model.eval(), run.valid.batch(torch.arange(6))
    assert isinstance(model, Model) and model.teacher is not None
    states = {name: States(*model.read(batch, name)) for name in model.modalities}
    output = model(batch)
    assert list(output.others) == ["teacher"]
    torch.testing.assert_close(output.prediction, model.student(states))
    if text == "own":
        assert model.teacher_text is not None
        lengths = batch.lengths["text"]
        read = model.teacher_text(batch.sequences["text"], lengths)
        assert not torch.equal(read, states["text"].states)
        states["text"] = States(read, lengths)
    torch.testing.assert_close(output.others["teacher"], model.teacher(states))
    save_model(
        tmp_path / "m", model, run.settings, run.train.widths(), Tokenizer(str(vocabulary)), "card"
    )
    loaded = load_model(tmp_path / "m")[0].eval()
    assert torch.equal(loaded(batch).others["teacher"], output.others["teacher"])
    model.settings = model.settings.model_copy(update={"evaluate": "teacher"})
    swapped = model(batch)
    assert torch.equal(swapped.prediction, output.others["teacher"])
    assert torch.equal(swapped.others["student"], output.prediction)


def test_both_networks_are_scored_after_every_epoch(make: Make, tmp_path: Path) -> None:
    run = make(**small())
    rows = fit(run, tmp_path)
    best = rows[run.state.selection.epoch - 1]
    output = predict(run.state.model, run.valid, torch.device("cpu"))
    truth = run.valid.labels[:, :1]
    apart = {"valid_mae": truth, "apart_teacher": output.others["teacher"]}
    for column, other in apart.items():
        assert best[column] == pytest.approx((output.prediction - other).abs().mean().item())
    taught = (output.others["teacher"] - truth).abs().mean().item()
    assert best["valid_teacher_mae"] == pytest.approx(taught) != best["valid_mae"]
    alone = fit(make(**small(teacher=False)), tmp_path / "alone")
    assert not [name for name in alone[0] if "teacher" in name]


def test_the_contrast_beats_chance_where_modalities_tell_the_polarity(
    make: Make, tmp_path: Path
) -> None:
    last = {}
    for told in (True, False):
        run = make(**small(alpha=0.0, contrast_weight=1.0), training={"epochs": 8})
        for number, sequence in enumerate(run.train.sequences.values()):
            sequence.values.normal_(generator=torch.Generator().manual_seed(number))
            signs = run.train.labels[:, 0].sign().repeat_interleave(sequence.lengths())
            sequence.values[:, 0] = 3 * signs if told else 0.0
        last[told] = fit(run, tmp_path / str(told))[-1]["loss_contrast"]
    chance = math.log(16 + 20)  # all keys of batch and queue alike
    assert last[True] < chance - 0.2 < chance < last[False]
