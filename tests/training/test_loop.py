"""The loop: what it selects, when it stops, that it repeats itself exactly."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch

from evenfuse.assembly.build import build
from evenfuse.balancing import build as build_balancer
from evenfuse.batching.corpus import corpus_from
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.predictions import predict
from evenfuse.metrics import family
from evenfuse.settings.run import parse_run
from evenfuse.storage.cache import read_cache
from evenfuse.training.history import epoch_row
from evenfuse.training.loop import Selection, Trainer
from evenfuse.training.optimizers import build_optimizer
from evenfuse.training.seeds import seed_everything

CPU = torch.device("cpu")


def trainer(cache: Path, seed: int = 1, **parts: dict[str, Any]) -> Trainer:
    seed_everything(seed)
    values = {
        "dataset": "demo",
        "optimizer_name": "adam",
        "variant": "gb",
        "seed": seed,
        "modalities": ["audio", "video"],
        "metrics": "sentiment",
        "text_encoder": "",
        "signed_log": [],
        "model": {"name": "awf", "hidden_size": 6, "post_dim": 6, "dropout": 0.3},
        "balancing": {"name": "b_fusion"},
        "optimizer": {"learning_rate": 5e-3},
        "training": {"epochs": 4, "batch_size": 16},
    }
    settings = parse_run({**values, **parts}, "run")
    train, valid = (
        corpus_from(read_cache(cache / f"{split}.h5"), settings.modalities, None, 1)
        for split in ("train", "valid")
    )
    model = build(settings, None, train.widths())
    balancer = build_balancer(settings.balancing, model.fusion_weights)
    optimizer = build_optimizer(settings.optimizer, model)
    return Trainer(settings, model, balancer, optimizer, train, valid, CPU)


def without_times(rows: list[dict[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows).drop(columns="seconds")


def test_same_seed_same_numbers_other_seed_others(cache: Path) -> None:
    first, second, other = (trainer(cache, seed).fit(lambda row: None)[0] for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(without_times(first), without_times(second), check_exact=True)
    assert first[-1]["train_loss"] != other[-1]["train_loss"]


def test_ends_with_the_weights_of_the_best_epoch(cache: Path) -> None:
    run = trainer(cache, optimizer={"learning_rate": 0.05})
    rows, selection = run.fit(lambda row: None)
    assert selection.epoch == 1 + min(range(4), key=lambda i: rows[i]["valid_mae"])
    predictions = predict(run.model, run.valid, CPU).numpy()[:, 0]
    mae = family("sentiment").scores(run.valid.labels.numpy()[:, 0], predictions)["mae"]
    assert mae == rows[selection.epoch - 1]["valid_mae"]
    assert run.model.fusion_weights.tolist() == pytest.approx(
        [rows[selection.epoch - 1][f"w_{m}"] for m in ("audio", "video")]
    )


@pytest.mark.filterwarnings("ignore:the truth or the prediction is constant")
def test_stops_after_patience_epochs_without_a_better_one(cache: Path) -> None:
    # a step this large makes every epoch after the first ones worse
    run = trainer(cache, optimizer={"learning_rate": 1.0}, training={"epochs": 30, "patience": 2})
    rows, selection = run.fit(lambda row: None)
    assert len(rows) == selection.epoch + 2 < 30


def test_a_loss_that_is_no_number_stops_the_run(cache: Path) -> None:
    run = trainer(cache, optimizer={"algorithm": "sgd", "learning_rate": 1e30})
    with pytest.raises(EvenfuseError, match="no longer a number in epoch 1; lower the learning"):
        run.fit(lambda row: None)


def test_an_unknown_selection_metric_is_named(cache: Path) -> None:
    run = trainer(cache, training={"selection_metric": "maee"})
    with pytest.raises(EvenfuseError, match=r"unknown selection_metric 'maee'.*'mae'"):
        run.fit(lambda row: None)


def test_selection_follows_the_direction_of_its_metric() -> None:
    model = torch.nn.Linear(1, 1)
    for higher, best in ((True, 2), (False, 3)):
        selection = Selection("any", higher)
        for epoch, score in enumerate([0.5, 0.9, 0.1, 0.9], start=1):
            selection.offer(epoch, score, model)
        assert selection.epoch == best


def test_epoch_row_takes_means_and_the_last_weights() -> None:
    steps = [
        {"train_loss": torch.tensor(1.0), "g": torch.tensor([1.0, 3.0]), "w": torch.ones(2)},
        {"train_loss": torch.tensor(3.0), "g": torch.tensor([3.0, 5.0]), "w": torch.zeros(2)},
    ]
    row = epoch_row(steps, ["text", "audio"])
    assert row == {"train_loss": 2, "g_text": 2, "g_audio": 4, "w_text": 0, "w_audio": 0}


def test_fusion_weights_are_in_no_optimizer(cache: Path) -> None:
    run = trainer(cache)
    parameters = [p for group in run.optimizer.param_groups for p in group["params"]]
    assert all(parameter is not run.model.fusion_weights for parameter in parameters)
