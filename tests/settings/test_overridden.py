"""Settings without effect are told on stderr when the config is loaded."""

import pytest

from evenfuse.settings.reading import load
from tests.settings.spoilt import Tree, put, shipped, small


def notes(values: Tree, capsys: pytest.CaptureFixture[str]) -> list[str]:
    load(values)
    return capsys.readouterr().err.splitlines()


OVERLAYS = [
    (),
    ("paper.yaml",),
    ("pickles.yaml",),
    ("mosi-text-audio.yaml",),
    ("mosi-text-audio.yaml", "mosi-models.yaml"),
]


@pytest.mark.parametrize("overlays", OVERLAYS)
def test_every_shipped_setting_has_an_effect(
    overlays: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not any("has no effect" in note for note in notes(shipped(*overlays), capsys))


def test_a_setting_that_every_dataset_overrides_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    values = put(shipped(), "optimizers.sgd.optimizer.learning_rate", 0.5)
    assert notes(values, capsys) == [
        "evenfuse: note: the setting 'optimizers.sgd.optimizer.learning_rate' has no effect: later "
        "layers override it in every arm, in demo_sgd_gb datasets.demo.per_optimizer.sgd"
    ]


def test_a_setting_that_one_arm_uses_has_an_effect(capsys: pytest.CaptureFixture[str]) -> None:
    values = put(small(), "datasets.d.all_runs.training", {"epochs": 3, "patience": 2})
    put(values, "variants.v.training.epochs", 4)
    (note,) = notes(values, capsys)
    assert "'datasets.d.all_runs.training.epochs' has no effect" in note
    put(values, "variants.other", {"model": {"name": "awf"}})
    assert notes(values, capsys) == []
