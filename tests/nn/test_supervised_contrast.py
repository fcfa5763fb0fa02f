"""Contrastive losses worked by hand, and where there is nothing to compare."""

import pytest
import torch
from torch import Tensor

from evenfuse.nn.supervised_contrast import supervised_contrast, view_contrast

ROWS = torch.tensor([[1.0, 0.0], [0.8, 0.6], [0.0, 1.0], [-0.6, 0.8]])


def alike(labels: list[int]) -> Tensor:
    classes = torch.tensor(labels)
    return classes[:, None] == classes


@pytest.mark.parametrize(
    ("labels", "temperature", "expected"),
    [
        ([1, 1, 0, 0], 0.5, 0.215095),
        ([1, 1, 1, 0], 0.5, 0.581251),
        ([1, 1, 0, 0], 0.07, 0.0139663),
    ],
)
def test_contrast_worked_by_hand(labels: list[int], temperature: float, expected: float) -> None:
    assert supervised_contrast(ROWS, alike(labels), temperature).item() == pytest.approx(
        expected, abs=2e-6
    )
    # directions alone count
    longer = ROWS * torch.tensor([[1.0], [3.0], [0.5], [2.0]])
    assert supervised_contrast(longer, alike(labels), temperature).item() == pytest.approx(
        expected, abs=2e-6
    )


def test_contrast_of_views_worked_by_hand() -> None:
    found = view_contrast(ROWS[[0, 2]], ROWS[[1, 3]], 0.5).item()
    assert found == pytest.approx(0.215095, abs=2e-6)


@pytest.mark.parametrize("labels", [[1, 1, 1, 1], [1, 2, 3, 4]])
def test_one_class_or_none_alike_is_finite(labels: list[int]) -> None:
    rows = ROWS.clone().requires_grad_()
    loss = supervised_contrast(rows, alike(labels), 0.07)
    loss.backward()
    assert loss.isfinite()
    assert rows.grad is not None
    assert rows.grad.isfinite().all()
    assert (loss == 0) == (len(set(labels)) == 4)


def test_a_segment_alone_has_nothing_to_be_compared_with() -> None:
    rows = torch.randn(2, 4).requires_grad_()
    losses = (
        supervised_contrast(rows[:1], alike([1]), 0.07),
        view_contrast(rows[:1], rows[1:], 0.07),
    )
    sum(losses).backward()
    assert [loss.item() for loss in losses] == [0, 0]
    assert (rows.grad == 0).all()
