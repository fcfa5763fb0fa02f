"""Test scores of an arm when something is missing: results/missing/{arm}.json."""

from evenfuse.parts import facts
from evenfuse.records.arms import MetricResult
from evenfuse.records.record import Record
from evenfuse.settings.metrics import Family


class Condition(Record):
    """The scores without some modalities, or with a share of the rows of all modalities missing."""

    absent: list[str]
    rate: float
    scores: dict[str, MetricResult]


class ArmMissing(Record):
    """All conditions of an arm; the first is that nothing is missing."""

    dataset: str
    optimizer: str
    variant: str
    metrics: str
    modalities: list[str]
    seeds: list[int]
    mask_seed: int
    n_test: int
    generated_data: bool
    conditions: list[Condition]

    @property
    def family(self) -> Family:
        """The facts of its metrics."""
        family: Family = facts("metrics", self.metrics).FAMILY
        return family

    def curve(self) -> list[Condition]:
        """Return the conditions by rising rate, with all modalities; the first rate is 0."""
        return [condition for condition in self.conditions if not condition.absent]

    def subsets(self) -> list[Condition]:
        """Return the conditions without some modalities, and the first, without none."""
        return [condition for condition in self.conditions if condition.rate == 0]
