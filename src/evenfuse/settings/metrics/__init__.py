"""Facts of each family of metrics: file name = config name; every file has a `FAMILY`."""

from dataclasses import dataclass
from typing import NamedTuple


class Metric(NamedTuple):
    """What is known of a metric before it is computed."""

    higher_is_better: bool = True
    percent: bool = True  # a proportion, shown in %


class LabelRange(NamedTuple):
    """The labels that there can be."""

    lowest: float
    highest: float
    whole: bool = False  # whole numbers only

    def __str__(self) -> str:
        number = "a whole number" if self.whole else "a number"
        return f"{number} from {self.lowest:g} to {self.highest:g}"


@dataclass(frozen=True)
class Family:
    """What the config, training and reports know of a family.

    `columns` names what is predicted: the first label columns. `metrics` are in the order of
    tables; `shown` are those that tables show, and `tested` those by which gaps are tested, all
    that are shown by default. `losses` fit its labels, the first by default. `selected_by` picks
    the epoch by default. `zero` is the label that a prediction of 0 stands for. `labels` is their
    range: a corpus with a label outside it is refused.
    """

    columns: tuple[str, ...]
    metrics: dict[str, Metric]
    shown: tuple[str, ...]
    losses: tuple[str, ...]
    selected_by: str
    zero: float = 0.0
    labels: LabelRange | None = None
    tested: tuple[str, ...] = ()

    @property
    def tests(self) -> tuple[str, ...]:
        """The metrics by which gaps are tested: every p-value more makes the others larger."""
        return self.tested or self.shown
