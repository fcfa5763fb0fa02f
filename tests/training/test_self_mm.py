"""Self-MM as it trains: labels that move, heads that wait, runs that go on exactly."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from evenfuse.assembly.saved import save_model
from evenfuse.assembly.trainer import prepare
from evenfuse.errors import EvenfuseError
from evenfuse.training.loop import Trainer
from tests.conftest import run_command
from tests.models.small import SMALL
from tests.training.conftest import CPU, Make, data_of, fit, needs_low_lstms, run_settings
from tests.training.test_checkpoint import Interruption, StoppedError, numbers

MODEL = {"name": "self_mm", **SMALL["self_mm"], "head_dropouts": {"audio": 0.3, "video": 0.0}}
PLAIN = {"balancing": {"name": "none"}, "training": {"epochs": 4, "batch_size": 16}}
BALANCED = {
    "balancing": {"name": "b_fusion"},
    "training": {"epochs": 4, "batch_size": 8, "accumulate": 3},
}
DECAY = {"optimizer": {"learning_rate": 5e-3, "weight_decay": 0.1}}
OF_LABELS = ("label", "deviation_of_label", "weight_of_label", "clamped")


@pytest.mark.parametrize("parts", [PLAIN, BALANCED], ids=["plain", "balanced"])
@pytest.mark.parametrize("stop", [(1, 0), (1, 3), (2, 0), (2, 3), (3, 1), (4, 0)])
def test_goes_on_exactly(
    make: Make, tmp_path: Path, parts: dict[str, Any], stop: tuple[int, int]
) -> None:
    whole = make(model=MODEL, **parts)
    fit(whole, tmp_path / "whole")
    end = whole.state.tensors() | whole.state.weights()
    with pytest.raises(StoppedError):
        fit(make(model=MODEL, **parts), tmp_path / "cut", [Interruption(*stop)])
    resumed = make(model=MODEL, **parts)
    fit(resumed, tmp_path / "cut")
    assert numbers(resumed) == numbers(whole)
    for key, value in (resumed.state.tensors() | resumed.state.weights()).items():
        assert torch.equal(value, end[key]), key


def heads(run: Trainer) -> list[torch.Tensor]:
    return [parameter.detach().clone() for parameter in run.step.objective.parameters()]


def test_heads_wait_for_the_third_epoch_whatever_the_decay(make: Make) -> None:
    run = make(model=MODEL, **PLAIN, **DECAY)
    states = [heads(run)]
    for epoch in (1, 2, 3):
        run.train_epoch(epoch)
        states.append(heads(run))
    first, *waiting, last = states
    for state in waiting:
        assert all(torch.equal(a, b) for a, b in zip(first, state, strict=True))
    assert not any(torch.equal(a, b) for a, b in zip(first, last, strict=True))


def test_the_history_follows_the_labels(make: Make, tmp_path: Path) -> None:
    run = make(model={**MODEL, "limit": 1.5}, **PLAIN)
    rows = fit(run, tmp_path)
    truth = run.train.labels[:, 0]
    for name in ("audio", "video"):
        columns = {each: [row[f"{each}_{name}"] for row in rows] for each in OF_LABELS}
        assert columns["label"][0] == pytest.approx(truth.mean().item(), abs=1e-6)
        assert columns["deviation_of_label"][0] == pytest.approx(truth.std(correction=0).item())
        assert len(set(columns["label"])) == len(rows)
        assert columns["weight_of_label"][0] == columns["clamped"][0] == 0
        assert min(columns["weight_of_label"][1:]) > 0
        assert all(0 < n <= len(truth) and n == int(n) for n in columns["clamped"][1:])
        losses = [row[f"loss_{name}"] for row in rows]
        assert losses[:2] == [0, 0]
        assert min(losses[2:]) > 0


def test_labels_are_of_segments_and_not_of_places_in_a_batch(make: Make) -> None:
    """The model stands still, so the same labels must come out, whatever the order of an epoch."""
    still = {"optimizer": {"learning_rate": 1e-30}, "balancing": {"name": "none"}}
    model = {**MODEL, "head_dropouts": {"audio": 0.0, "video": 0.0}}
    found = []
    for seed in (1, 2):
        run = make(model=model, training={"epochs": 2, "batch_size": 1000}, **still)
        run.state.order.manual_seed(seed)
        for epoch in (1, 2):
            run.train_epoch(epoch)
        found.append(run.step.objective.labels.labels)
    torch.testing.assert_close(*found, rtol=1e-4, atol=1e-5)
    assert (found[0] - run.train.labels[:, 0]).abs().max() > 0.5


def test_b_fusion_can_be_bolted_on(make: Make, tmp_path: Path) -> None:
    rows = fit(make(model=MODEL, **BALANCED), tmp_path)
    assert {"g_audio", "w_video", "loss_audio", "label_video"} <= rows[-1].keys()
    assert rows[-1]["w_audio"] != 1


def test_without_all_last_maps_there_is_no_g(make: Make, tmp_path: Path) -> None:
    widths = {"audio": None, "video": 4}
    rows = fit(make(model={**MODEL, "widths": widths}, **PLAIN), tmp_path)
    assert not [name for name in rows[-1] if name.startswith("g_")]
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]


@needs_low_lstms
def test_labels_stay_float32_under_bfloat16(make: Make, tmp_path: Path) -> None:
    training = {"epochs": 3, "batch_size": 16, "precision": "bfloat16"}
    run = make(model=MODEL, balancing={"name": "none"}, training=training)
    fit(run, tmp_path)
    state = run.step.objective.state_dict()
    kinds = {state[f"labels.{name}"].dtype for name in ("truth", "labels", "features")}
    assert kinds == {torch.float32}
    modalities = state["labels.features"][:, MODEL["post_dim"] :]
    assert (modalities.bfloat16().float() != modalities).any()


def test_a_saved_model_holds_neither_labels_nor_their_heads(make: Make, tmp_path: Path) -> None:
    run = make(model=MODEL, **PLAIN)
    save_model(tmp_path / "model", run.state.model, run.settings, run.train.widths(), None, "card")
    rooms = {key.split(".")[0] for key in load_file(tmp_path / "model/weights.safetensors")}
    assert rooms == {"encoders", "fusion_weights", "head", "projections", "readers"}


@pytest.fixture(scope="module")
def sims(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache of a file in the form of CH-SIMS, with labels of each modality."""
    folder = tmp_path_factory.mktemp("sims")
    pickle = folder / "sims.pkl"
    run_command("fake", "sims", "--format", "mmsa", "--size", 60, "--output", pickle)
    run_command("cache", pickle, "--format", "mmsa", "--output", folder / "cache")
    return folder / "cache"


def test_human_labels_are_learnt_from_the_first_epoch(sims: Path, tmp_path: Path) -> None:
    settings = run_settings(metrics="sims", model={**MODEL, "labels": "human"}, **PLAIN)
    run = prepare(settings, data_of(settings, sims), CPU)
    assert run.train.labels.shape[1] == 4
    given = run.train.batch(torch.tensor([5, 0]))
    assert torch.equal(run.step.objective.labels(given), given.labels[:, 2:].T)
    rows = fit(run, tmp_path)
    assert rows[0]["loss_audio"] > rows[-1]["loss_audio"] > 0
    assert not [name for name in rows[0] if "label" in name or "clamped" in name]


def test_generated_labels_leave_the_human_ones_alone(sims: Path, tmp_path: Path) -> None:
    settings = run_settings(metrics="sims", model={**MODEL, "limit": 1.0}, **PLAIN)
    run = prepare(settings, data_of(settings, sims), CPU)
    assert torch.equal(run.step.objective.labels.truth, run.train.labels[:, 0])
    assert fit(run, tmp_path)[0]["label_audio"] == pytest.approx(
        run.train.labels[:, 0].mean().item()
    )


def test_human_labels_that_are_not_there_are_told(make: Make) -> None:
    with pytest.raises(EvenfuseError, match="found only 1 per segment"):
        make(model={**MODEL, "labels": "human"}, **PLAIN)
