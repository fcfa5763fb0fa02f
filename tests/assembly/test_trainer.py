"""A trainer put together: what its seed draws, and which split it is fitted to."""

from pathlib import Path

import torch
from torch import Tensor

from evenfuse.training.loop import Trainer
from tests.training.conftest import Make, make

__all__ = ["make"]

DROPOUT = {"model": {"name": "awf", "hidden_size": 6, "post_dim": 6, "dropout": 0.5}}


def order(trainer: Trainer) -> list[int]:
    """The segments of the next epoch, in the order in which they are trained on."""
    return [int(i) for group in trainer.groups() for batch in group for i in batch.index]


def matrices(trainer: Trainer) -> dict[str, Tensor]:
    """The weights that are drawn; what starts constant has one dimension."""
    return {n: p.detach() for n, p in trainer.state.model.named_parameters() if p.dim() > 1}


def test_frames_are_standardised_by_the_training_split_alone(make: Make) -> None:
    run = make()
    for name, reader in run.state.model.readers.items():
        train, valid = (split.sequences[name].values for split in (run.train, run.valid))
        torch.testing.assert_close(reader.mean, train.mean(dim=0), rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(reader.deviation, train.std(dim=0), rtol=1e-4, atol=1e-5)
        assert not torch.allclose(reader.mean, valid.mean(dim=0), rtol=1e-2)


def test_every_seed_has_weights_of_its_own(make: Make) -> None:
    first, again, other = (matrices(make(seed)) for seed in (1, 1, 2))
    assert len(first) > 5
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not any(torch.equal(first[name], other[name]) for name in first)


def test_every_seed_has_dropout_of_its_own(make: Make) -> None:
    model = make(**DROPOUT).state.model
    predictions = []
    for seed in (1, 1, 2):
        run = make(seed, **DROPOUT)
        run.state.model.load_state_dict(model.state_dict())
        batch = run.train.batch(torch.arange(16))
        predictions.append(run.state.model.train()(batch).prediction)
    assert torch.equal(predictions[0], predictions[1])
    assert not torch.equal(predictions[0], predictions[2])


def test_every_seed_and_every_epoch_has_an_order_of_its_own(make: Make) -> None:
    first, again, other = (make(seed) for seed in (1, 1, 2))
    orders = [order(run) for run in (first, first, other, other)]
    assert [order(again), order(again)] == orders[:2]
    assert all(orders[i] != orders[j] for i in range(4) for j in range(i))
    assert all(sorted(segments) == sorted(orders[0]) for segments in orders)


def test_the_rate_follows_its_schedule_to_the_last_step(make: Make, tmp_path: Path) -> None:
    settings = {"schedule": "linear", "learning_rate": 0.01}
    run = make(optimizer=settings, training={"epochs": 2, "batch_size": 16, "accumulate": 3})
    rates = []
    for epoch in (1, 2):
        run.train_epoch(epoch)
        rates.append(run.state.optimizer.param_groups[0]["lr"])
    assert torch.allclose(torch.tensor(rates), torch.tensor([0.005, 0.0]))
