"""Measured seconds per epoch of several models: results/seconds/{table}/{dataset}.json."""

from evenfuse.records.record import Computed, Record


class TimedModel(Record):
    """The epochs of one model, in seconds."""

    optimizer: str
    algorithm: str
    variant: str
    parameters: int
    precision: str
    seconds: list[float]


class TimingProvenance(Computed):
    """What was measured on: the cache and the software."""

    caches: dict[str, str]


class Timing(Record):
    """Models that were timed in one process, in turns."""

    dataset: str
    generated_data: bool
    n_train: int
    device: str
    threads: int
    provenance: TimingProvenance
    models: list[TimedModel]
