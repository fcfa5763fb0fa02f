"""Groups of parameters: which rate and decay each has, and what is in none."""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.optim import AdamW

from evenfuse.errors import EvenfuseError
from evenfuse.settings.run import OptimizerSettings
from evenfuse.training.optimizers import build_optimizer
from tests.training.conftest import Make


class Parts(nn.Module):
    """Parameters named like those of a late-fusion model with BERT."""

    def __init__(self) -> None:
        super().__init__()
        bert = nn.ModuleDict({"dense": nn.Linear(2, 2), "LayerNorm": nn.LayerNorm(2)})
        self.readers = nn.ModuleDict({"text": bert})
        self.encoders = nn.ModuleDict({"audio": nn.LSTM(2, 2), "audio2": nn.Linear(2, 2)})
        self.head = nn.Linear(2, 1)


def rates(**settings: object) -> dict[str, tuple[float, float]]:
    """Return parameter -> its learning rate and weight decay."""
    model = Parts()
    optimizer = build_optimizer(OptimizerSettings(**settings), model.named_parameters())
    of = {
        id(parameter): (group["lr"], group["weight_decay"])
        for group in optimizer.param_groups
        for parameter in group["params"]
    }
    return {name: of[id(parameter)] for name, parameter in model.named_parameters()}


def test_bert_has_a_rate_of_its_own_and_all_others_the_same() -> None:
    found = rates(learning_rate=0.1, text_learning_rate=0.01, weight_decay=0.5)
    assert {n: r for n, r in found.items() if n.startswith("readers.text")} == dict.fromkeys(
        [f"readers.text.{part}.{k}" for part in ("dense", "LayerNorm") for k in ("weight", "bias")],
        (0.01, 0.5),
    )
    assert {r for n, r in found.items() if not n.startswith("readers.text")} == {(0.1, 0.5)}


def test_the_longest_name_of_a_group_wins_and_whole_parts_of_names_count() -> None:
    groups = {
        "encoders": {"learning_rate": 0.2},
        "encoders.audio": {"learning_rate": 0.3, "weight_decay": 0.0},
        "readers.text": {"weight_decay": 0.7},
    }
    found = rates(learning_rate=0.1, text_learning_rate=0.01, weight_decay=0.5, groups=groups)
    assert found["encoders.audio.weight_ih_l0"] == (0.3, 0.0)
    assert found["encoders.audio2.weight"] == (0.2, 0.5)
    assert found["head.weight"] == (0.1, 0.5)
    assert found["readers.text.dense.weight"] == (0.01, 0.7)


def test_names_without_decay() -> None:
    found = rates(weight_decay=0.5, undecayed=["bias", "LayerNorm.weight"])
    assert {name for name, (_, decay) in found.items() if decay == 0} == {
        name for name in found if "bias" in name or "LayerNorm.weight" in name
    }
    assert found["readers.text.LayerNorm.weight"] == (5e-5, 0)
    assert found["readers.text.dense.weight"] == (5e-5, 0.5)


def test_a_group_of_no_part_of_the_model_is_refused() -> None:
    with pytest.raises(EvenfuseError, match=r"'encoder'; choose .*did you mean 'encoders'"):
        rates(groups={"encoder.audio": {"learning_rate": 0.1}})
    # a modality that a model is not given is no mistake: one entry serves all lists of modalities
    assert rates(groups={"encoders.video": {"learning_rate": 0.1}})


def test_what_needs_no_gradient_is_in_no_group() -> None:
    model = Parts()
    model.encoders.requires_grad_(False)
    optimizer = build_optimizer(OptimizerSettings(), model.named_parameters())
    grouped = [p for group in optimizer.param_groups for p in group["params"]]
    assert len(grouped) == 6
    assert all(p.requires_grad for p in grouped)


@pytest.mark.parametrize("algorithm", ["sgd", "adam", "adamw"])
def test_decay_moves_a_weight_without_a_gradient(algorithm: str) -> None:
    # Adam's L2 term moves it by the rate, the others' by rate times decay
    weight = nn.Parameter(torch.tensor([2.0]))
    settings = OptimizerSettings(algorithm=algorithm, learning_rate=0.1, weight_decay=0.01)
    optimizer = build_optimizer(settings, [("head.weight", weight)])
    assert isinstance(optimizer, AdamW) == (algorithm == "adamw")
    weight.grad = torch.zeros(1)
    optimizer.step()
    expected = 2 - 0.1 if algorithm == "adam" else 2 * (1 - 0.1 * 0.01)
    assert weight.item() == pytest.approx(expected, rel=1e-5)


def test_sgd_has_the_momentum_of_the_settings() -> None:
    weight = nn.Parameter(torch.tensor([2.0]))
    settings = OptimizerSettings(algorithm="sgd", learning_rate=0.1, momentum=0.5)
    optimizer = build_optimizer(settings, [("head.weight", weight)])
    weight.grad = torch.ones(1)
    for _ in range(2):
        optimizer.step()
    # by .1, then by .1 and half of the step before
    assert weight.item() == pytest.approx(2 - 0.1 - 0.15)


def test_entries_of_a_gradient_are_clipped_to_their_largest(make: Make) -> None:
    run = make(optimizer={"algorithm": "sgd", "learning_rate": 1.0, "clip_value": 1e-3})
    before = [p.detach().clone() for p in run.state.model.parameters()]
    run.step([run.train.batch(torch.arange(16))])
    pairs = zip(before, run.state.model.parameters(), strict=True)
    moved = torch.cat([(old - new).detach().abs().flatten() for old, new in pairs])
    assert moved.max().item() == pytest.approx(1e-3, rel=1e-3)
    ordered = moved.sort().values.tolist()
    assert any(0 < a < b < 9e-4 for a, b in pairwise(ordered))  # small ones are left alone
