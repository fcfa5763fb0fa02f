"""Batch norm is torch's, and takes a batch of one as well."""

import torch
from torch import nn

from evenfuse.nn.batch_norm import BatchNorm


def test_is_that_of_torch() -> None:
    ours, torchs = BatchNorm(3), nn.BatchNorm1d(3)
    vectors = torch.randn(8, 3) * 2 + 1
    assert torch.equal(ours(vectors), torchs(vectors))
    assert torch.equal(ours.running_var, torchs.running_var)
    assert torch.equal(ours.eval()(vectors[:1]), torchs.eval()(vectors[:1]))


def test_a_batch_of_one_is_normalised_by_what_was_seen_before() -> None:
    norm = BatchNorm(2)
    norm.running_mean.copy_(torch.tensor([1.0, 2.0]))
    norm.running_var.copy_(torch.tensor([4.0, 9.0]))
    normalised = norm(torch.tensor([[3.0, 5.0]]))
    torch.testing.assert_close(normalised, torch.ones(1, 2), rtol=0, atol=1e-5)
    assert norm.running_mean.tolist() == [1, 2]
