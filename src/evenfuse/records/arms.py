"""The results of an arm, the seeds of a dataset, optimizer and variant: results/{arm}.json."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from evenfuse.parts import facts
from evenfuse.records.caches import CacheProvenance
from evenfuse.records.record import Computed, Record
from evenfuse.settings.metrics import Family
from evenfuse.settings.run import ArmSettings, parse_arm


def _config(values: Any) -> ArmSettings:
    return values if isinstance(values, ArmSettings) else parse_arm(values, "provenance.config")


class MetricResult(Record):
    """A metric over the seeds: mean, deviation (n - 1; of one seed None), 95 % interval."""

    mean: float
    std: float | None
    ci95: tuple[float, float]
    per_seed: list[float]


class ArmSelection(Record):
    """How the epochs were selected, an entry per seed."""

    split: Literal["valid"] = "valid"
    metric: str
    best_epochs: list[int]
    epochs_trained: list[int]
    scores: list[dict[str, float]]


class ArmProvenance(Computed):
    """What an arm was computed from: settings, caches, text encoder, software."""

    caches: dict[str, str]
    text_encoder: str | None = None
    config: Annotated[ArmSettings, BeforeValidator(_config)]
    device: str
    data: CacheProvenance


class ArmResults(Record):
    """The test scores of an arm, and where they come from; lists are in the order of the seeds."""

    dataset: str
    optimizer: str
    variant: str
    model: str
    modalities: list[str]
    n_seeds: int
    seeds: list[int]
    metrics: dict[str, MetricResult]
    others: dict[str, dict[str, MetricResult]] = Field(
        {}, description="of other networks of the same trained models, by their names"
    )
    selection: ArmSelection
    n_train: int
    n_valid: int
    n_test: int
    parameters: int
    seconds_per_epoch: float
    provenance: ArmProvenance
    generated_data: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """Dataset, optimizer, variant."""
        return self.dataset, self.optimizer, self.variant

    @property
    def config(self) -> ArmSettings:
        """The settings of its runs."""
        return self.provenance.config

    @property
    def family(self) -> Family:
        """The facts of its metrics."""
        family: Family = facts("metrics", self.config.metrics).FAMILY
        return family

    @property
    def shown(self) -> tuple[str, ...]:
        """The metrics that tables show; the first is an accuracy."""
        return self.family.shown
