"""Epochs of several models are timed in turns."""

from collections.abc import Callable
from typing import Any

import pytest

from evenfuse.training.loop import Trainer
from evenfuse.training.timing import seconds_in_turns


def test_all_take_turns_and_the_first_turn_does_not_count(
    make: Callable[..., Trainer], monkeypatch: pytest.MonkeyPatch
) -> None:
    trainers = [make(seed) for seed in (1, 2)]
    turns: list[tuple[int, int]] = []
    train_epoch = Trainer.train_epoch

    def logged(self: Trainer, epoch: int, *rest: Any) -> dict[str, float]:
        turns.append((self.settings.seed, epoch))
        row = train_epoch(self, epoch, *rest)
        assert row["seconds"] > 0
        return {**row, "seconds": 10.0 * self.settings.seed + epoch}

    monkeypatch.setattr(Trainer, "train_epoch", logged)
    assert seconds_in_turns(trainers, epochs=2) == [[12.0, 13.0], [22.0, 23.0]]
    assert turns == [(1, 1), (2, 1), (1, 2), (2, 2), (1, 3), (2, 3)]
