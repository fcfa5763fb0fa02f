"""Dropout drops its share, keeps the mean, and draws every number apart."""

import torch

from evenfuse.nn.dropout import Dropout, drop_factors


def test_factors_are_nought_or_keep_the_mean() -> None:
    torch.manual_seed(0)
    factors = drop_factors((400, 1001), 0.25, torch.float32)
    assert factors.shape == (400, 1001)
    torch.testing.assert_close(factors.unique(), torch.tensor([0, 1 / 0.75]))
    # four numbers come of one draw, each by bits of its own
    for first in range(4):
        share = (factors.flatten()[first::4] == 0).float().mean()
        assert abs(share - 0.25) < 0.005
    pairs = (factors.flatten()[: 400 * 1000].view(-1, 4) == 0).float()
    assert (torch.corrcoef(pairs.T) - torch.eye(4)).abs().max() < 0.02


def test_a_generator_draws_the_same_again() -> None:
    draws = [
        drop_factors((9,), 0.5, torch.float64, torch.Generator().manual_seed(3)) for _ in range(2)
    ]
    assert draws[0].dtype == torch.float64
    assert torch.equal(*draws)


def test_almost_all_may_be_dropped() -> None:
    assert drop_factors((1000,), 0.9999999, torch.float32).isfinite().all()


def test_dropout_acts_in_training_only() -> None:
    states = torch.ones(1000)
    assert torch.equal(Dropout(0.5).eval()(states), states)
    assert torch.equal(Dropout(0.0).train()(states), states)
    assert set(Dropout(0.5).train()(states).tolist()) == {0, 2}
