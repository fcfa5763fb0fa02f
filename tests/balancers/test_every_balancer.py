"""The battery that every balancer passes, found by its file name."""

from inspect import Parameter, signature
from pathlib import Path

import pytest
import torch

from evenfuse import parts
from tests.training.conftest import Make, fit
from tests.training.resuming import check_goes_on_exactly

NAMES = sorted(parts.names("balancers"))
THREE = ["vectors", "audio", "video"]

every = pytest.mark.parametrize("name", NAMES)


@every
@pytest.mark.parametrize("modalities", [["audio", "video"], THREE])
def test_trains_any_two_or_more_modalities(
    make: Make, tmp_path: Path, name: str, modalities: list[str]
) -> None:
    run = make(modalities=modalities, balancing={"name": name})
    before = [p.detach().clone() for p in run.state.model.parameters()]
    rows = fit(run, tmp_path)
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    after = run.state.model.parameters()
    assert not any(torch.equal(a, b) for a, b in zip(before, after, strict=True))


@every
def test_goes_on_exactly(make: Make, tmp_path: Path, name: str) -> None:
    check_goes_on_exactly(make, tmp_path, balancing={"name": name})


@every
def test_it_has_the_defaults_of_its_settings(name: str) -> None:
    told = parts.facts("balancers", name).Settings(name=name).arguments()
    parameters = signature(parts.code("balancers", name).Balancer).parameters
    defaults = {key: parameters[key].default for key in told if key in parameters}
    assert {k: v for k, v in defaults.items() if v not in (Parameter.empty, told[k])} == {}


@every
def test_the_model_starts_as_without_it(make: Make, name: str) -> None:
    states = []
    for balancer in ("none", name):
        run = make(balancing={"name": balancer})
        states.append({**run.state.model.state_dict(), "next": torch.rand(3)})
    assert all(torch.equal(states[0][key], states[1][key]) for key in states[0])


@every
def test_logs_the_same_names_in_every_step(make: Make, name: str) -> None:
    run = make(balancing={"name": name})
    logged = [run.step([run.train.batch(torch.arange(i, i + 8))]) for i in (0, 8)]
    assert logged[0].keys() == logged[1].keys()
    assert {tuple(value.shape) for value in logged[0].values()} <= {(), (2,)}
    assert all(value.isfinite().all() for value in logged[0].values())


@every
def test_a_single_segment_gives_finite_numbers(make: Make, name: str) -> None:
    run = make(balancing={"name": name})
    logged = run.step([run.train.batch(torch.tensor([0]))])
    assert all(value.isfinite().all() for value in logged.values())
    assert all(p.isfinite().all() for p in run.state.model.parameters())
