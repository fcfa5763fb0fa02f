"""How long an epoch takes, measured side by side."""

from collections.abc import Sequence

from evenfuse.training.loop import Trainer


def seconds_in_turns(trainers: Sequence[Trainer], epochs: int) -> list[list[float]]:
    """Return, per trainer, the seconds of so many epochs, after one to warm up.

    All take turns, so that whatever else the machine does meets each of them alike.
    """
    turns = [
        [trainer.train_epoch(turn)["seconds"] for trainer in trainers]
        for turn in range(1, epochs + 2)
    ]
    return [list(own) for own in zip(*turns[1:], strict=True)]
