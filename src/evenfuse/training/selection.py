"""Which epoch is the best on the validation split, and when to stop."""

import math
from dataclasses import dataclass

from evenfuse.errors import choose
from evenfuse.parts import facts
from evenfuse.settings.run import RunSettings


@dataclass
class Selection:
    """The best epoch so far by one metric of the validation split; epoch 0 is none yet."""

    metric: str
    higher_is_better: bool
    patience: int
    epoch: int = 0
    score: float = math.inf

    def offer(self, epoch: int, score: float) -> bool:
        """Take note of an epoch's score; return whether it is the best so far."""
        better = score > self.score if self.higher_is_better else score < self.score
        if better or self.epoch == 0:
            self.epoch, self.score = epoch, score
            return True
        return False

    def exhausted(self, epoch: int) -> bool:
        """Return whether the last `patience` epochs up to this one brought nothing better."""
        return epoch - self.epoch >= self.patience


def selection_of(run: RunSettings) -> Selection:
    """Return the selection that the settings of a run ask for, with no epoch yet."""
    metric = run.training.selection_metric
    own = choose("selection_metric", metric, facts("metrics", run.metrics).FAMILY.metrics)
    return Selection(metric, own.higher_is_better, run.training.patience)
