"""The loop: what it selects, when it stops, that it repeats itself exactly."""

from pathlib import Path

import pandas as pd
import pytest
import torch
from torch import Tensor

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.metrics import family
from evenfuse.nn.predict import predict
from evenfuse.training.history import epoch_row
from evenfuse.training.loop import Trainer
from evenfuse.training.selection import Selection
from tests.training.conftest import CPU, Make, fit


def without_times(rows: list[dict[str, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows).drop(columns="seconds")


def test_same_seed_same_numbers_other_seed_others(make: Make, tmp_path: Path) -> None:
    runs = [fit(make(seed), tmp_path / str(i)) for i, seed in enumerate((1, 1, 2))]
    first, second, other = runs
    pd.testing.assert_frame_equal(without_times(first), without_times(second), check_exact=True)
    assert first[-1]["train_loss"] != other[-1]["train_loss"]


def test_ends_with_the_weights_of_the_best_epoch(make: Make, tmp_path: Path) -> None:
    run = make(optimizer={"learning_rate": 0.05})
    rows = fit(run, tmp_path)
    best = run.state.selection.epoch
    assert best == 1 + min(range(4), key=lambda i: rows[i]["valid_mae"]) < 4
    predictions = predict(run.state.model, run.valid, CPU).prediction.numpy()[:, 0]
    mae = family("sentiment").scores(run.valid.labels.numpy()[:, 0], predictions)["mae"]
    assert mae == rows[best - 1]["valid_mae"]
    weights = [rows[best - 1][f"w_{m}"] for m in ("audio", "video")]
    assert run.state.model.fusion_weights.tolist() == pytest.approx(weights)


@pytest.mark.filterwarnings("ignore:the truth or the prediction is constant")
def test_stops_after_patience_epochs_without_a_better_one(make: Make, tmp_path: Path) -> None:
    # a step this large makes every epoch after the first ones worse
    run = make(optimizer={"learning_rate": 1.0}, training={"epochs": 30, "patience": 2})
    rows = fit(run, tmp_path)
    assert len(rows) == run.state.selection.epoch + 2 < 30


def test_a_loss_that_is_no_number_stops_the_run(make: Make, tmp_path: Path) -> None:
    run = make(optimizer={"algorithm": "sgd", "learning_rate": 1e30})
    with pytest.raises(EvenfuseError, match="no longer a number in epoch 1; lower the learning"):
        fit(run, tmp_path)
    assert not list(tmp_path.glob("epoch-*"))


def absent(run: Trainer) -> Tensor:
    """Which modality is absent from which segment of an epoch (segment, modality)."""
    means = {name: reader.mean_frame() for name, reader in run.state.model.readers.items()}
    return torch.cat(
        [
            torch.stack([_all_mean(batch, n, mean) for n, mean in means.items()], dim=1)
            for group in run.groups()
            for batch in group
        ]
    )


def _all_mean(batch: Batch, modality: str, mean: Tensor) -> Tensor:
    rows = (batch.sequences[modality] == mean).all(dim=2)
    return rows.sum(dim=1) == batch.lengths[modality]


def test_modality_dropout_takes_modalities_from_training_alone(make: Make) -> None:
    run = make(training={"modality_dropout": 0.5, "batch_size": 16})
    gone = absent(run)
    # half, but for half of the quarter that would have lost both
    assert 0.25 < gone.float().mean() < 0.5
    assert not gone.all(dim=1).any()
    whole = run.valid.sequences["audio"].values
    assert not (whole == run.state.model.readers["audio"].mean_frame()).all(dim=1).any()


def test_without_modality_dropout_nothing_is_absent_and_nothing_drawn(make: Make) -> None:
    run = make()
    before = torch.get_rng_state()
    assert not absent(run).any()
    assert torch.get_rng_state().equal(before)


def test_an_unknown_selection_metric_is_named(make: Make) -> None:
    with pytest.raises(EvenfuseError, match=r"unknown selection_metric 'maee'.*'mae'"):
        make(training={"selection_metric": "maee"})


@pytest.mark.parametrize(("higher", "best"), [(True, 2), (False, 3)])
def test_selection_follows_the_direction_of_its_metric(higher: bool, best: int) -> None:
    selection = Selection("any", higher, patience=2)
    for epoch, score in enumerate([0.5, 0.9, 0.1, 0.9], start=1):
        assert selection.offer(epoch, score) == (selection.epoch == epoch)
    assert selection.epoch == best
    assert [selection.exhausted(epoch) for epoch in (best + 1, best + 2)] == [False, True]


def test_epoch_row_takes_means_and_the_last_weights() -> None:
    steps = [
        {"train_loss": torch.tensor(1.0), "g": torch.tensor([1.0, 3.0]), "w": torch.ones(2)},
        {"train_loss": torch.tensor(3.0), "g": torch.tensor([3.0, 5.0]), "w": torch.zeros(2)},
    ]
    row = epoch_row(steps, ["text", "audio"])
    assert row == {"train_loss": 2, "g_text": 2, "g_audio": 4, "w_text": 0, "w_audio": 0}


def test_fusion_weights_are_in_no_optimizer(make: Make) -> None:
    run = make()
    parameters = [p for group in run.state.optimizer.param_groups for p in group["params"]]
    assert all(parameter is not run.state.model.fusion_weights for parameter in parameters)


def test_an_epoch_drops_no_segment_of_an_incomplete_accumulation(make: Make) -> None:
    run = make(training={"batch_size": 16, "accumulate": 3})
    groups = [[len(batch) for batch in group] for group in run.groups()]
    assert sum(map(sum, groups)) == len(run.train)
    batches = sum(map(len, groups))
    assert batches == -(-len(run.train) // 16)
    assert [len(group) for group in groups[:-1]] == [3] * (len(groups) - 1)
    assert len(groups[-1]) == (batches % 3 or 3)
