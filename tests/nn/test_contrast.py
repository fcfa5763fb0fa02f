"""Contrast with soft targets and a queue, worked by hand."""

import pytest
import torch

from evenfuse.nn.contrast import KeyQueue, contrast, same_polarity, same_segment, soft_targets

STUDENT, TEACHER = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.6, 0.8]])
KEYS = torch.tensor([[0.8, 0.6], [0.0, 1.0], [0.6, 0.8]])
HALF = torch.tensor(0.5)
POSITIVE, OF_KEYS = torch.tensor([1.0]), torch.tensor([1.0, -1.0, 1.0])


@pytest.mark.parametrize(
    ("alpha", "by_segment", "by_polarity"), [(0.0, 0.627123, 0.827123), (0.4, 0.854237, 0.974237)]
)
def test_losses_worked_by_hand(alpha: float, by_segment: float, by_polarity: float) -> None:
    # scores 1.6, 0, 1.2 of the student, 1.92, 1.6, 2 of the teacher
    for hard, expected in (
        (same_segment(1, 3, KEYS), by_segment),
        (same_polarity(POSITIVE, OF_KEYS), by_polarity),
    ):
        targets = soft_targets(TEACHER, KEYS, hard, HALF, alpha)
        loss = contrast(STUDENT, KEYS, targets, HALF)
        assert loss.item() == pytest.approx(expected, abs=1e-6)


def test_soft_targets_worked_by_hand() -> None:
    soft = soft_targets(TEACHER, KEYS, same_segment(1, 3, KEYS), HALF, 0.4)
    assert soft[0].tolist() == pytest.approx([0.742377, 0.103387, 0.154236], abs=1e-6)
    shared = soft_targets(TEACHER, KEYS, same_polarity(POSITIVE, OF_KEYS), HALF, 0.4)
    assert shared[0].tolist() == pytest.approx([0.442377, 0.103387, 0.454236], abs=1e-6)


def queue(size: int = 5) -> KeyQueue:
    return KeyQueue(1, size, 1)


def batch(*values: float) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(values)[None, :, None], torch.tensor(values).sign()


def test_a_queue_goes_round() -> None:
    kept = queue()
    kept.pointer.fill_(4)
    kept.add(*batch(1.0, -2.0, 3.0))
    assert kept.keys[0, :, 0].tolist() == [-2, 3, 0, 0, 1]
    assert kept.polarities.tolist() == [-1, 1, 0, 0, 1]
    assert kept.present.tolist() == [True, True, False, False, True]
    assert kept.pointer == 2


def test_what_is_empty_is_no_key() -> None:
    kept = queue()
    keys, polarities = kept.after(*batch(5.0))
    assert keys.tolist() == [[[5.0]]]
    kept.add(*batch(1.0, -2.0))
    keys, polarities = kept.after(*batch(5.0))
    assert keys[0, :, 0].tolist() == [5, 1, -2]
    assert polarities.tolist() == [1, 1, -1]


def test_a_batch_above_the_size_keeps_its_last() -> None:
    kept = queue()
    kept.add(*batch(1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0))
    assert sorted(kept.keys[0, :, 0].tolist()) == [3, 4, 5, 6, 7]
    kept.add(*batch(8.0))
    assert 3 not in kept.keys[0, :, 0].tolist()
