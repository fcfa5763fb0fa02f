"""Heads on frozen representations, against what is known to be in them."""

from dataclasses import replace

import pytest
import torch
from torch import Tensor

from evenfuse.settings.run import RunSettings
from evenfuse.training import heads
from evenfuse.training.heads import ALL, Represented, read_out
from tests.training.conftest import run_settings

SIZES = (400, 100, 100)


def split(number: int, seed: int) -> Represented:
    """A label of two halves: one is a linear map of `text`, the other of `audio`."""
    random = torch.Generator().manual_seed(seed)
    text, audio = (torch.randn(number, 3, generator=random) for _ in range(2))
    labels = text @ torch.tensor([[1.0], [-0.5], [0.2]]) + 0.5 * audio[:, :1] + 0.3
    return Represented({"text": 100 * text, "audio": audio + 7}, labels)


@pytest.fixture
def run() -> RunSettings:
    return run_settings(training={"loss": "mse"})


@pytest.fixture
def splits() -> list[Represented]:
    return [split(number, seed) for seed, number in enumerate(SIZES)]


def error(predicted: Tensor, labels: Tensor) -> float:
    return float((predicted - labels).abs().mean())


def test_a_head_reads_what_is_in_its_modality_and_no_more(
    splits: list[Represented], run: RunSettings
) -> None:
    predicted, labels = read_out(splits, run), splits[-1].labels
    assert set(predicted) == {"text", "audio", ALL}
    assert error(predicted[ALL], labels) < 0.02
    rest = 0.5 * (2 / torch.pi) ** 0.5  # what audio adds, which text does not know
    assert error(predicted["text"], labels) == pytest.approx(rest, abs=0.08)
    assert error(predicted["text"], labels) < 0.6 * error(predicted["audio"], labels)


def test_the_validation_split_selects(
    splits: list[Represented], run: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    train, valid, test = splits
    early = replace(valid, labels=0.001 * valid.labels)
    monkeypatch.setattr(heads, "STEPS", 20)
    first = read_out([train, early, test], run)[ALL]  # each step leads away from 0
    monkeypatch.setattr(heads, "STEPS", 10)
    assert torch.equal(first, read_out(splits, run)[ALL])


def test_two_calls_give_the_same_bits_and_no_random_number_is_drawn(
    splits: list[Represented], run: RunSettings
) -> None:
    state = torch.get_rng_state()
    first = read_out(splits, run)
    torch.rand(1)
    torch.testing.assert_close(first, read_out(splits, run), rtol=0, atol=0)
    torch.set_rng_state(state)
    read_out(splits, run)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_feature_that_does_not_vary_does_no_harm(
    splits: list[Represented], run: RunSettings
) -> None:
    dead = [replace(s, z={**s.z, "video": torch.ones(len(s.labels), 2)}) for s in splits]
    predicted = read_out(dead, run)
    assert error(predicted[ALL], splits[-1].labels) < 0.02
    assert predicted["video"].isfinite().all()
    assert (predicted["video"] == predicted["video"][0]).all()
