"""What a run leaves beside its model and its epochs: run.json."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from evenfuse.records.record import Computed, Record
from evenfuse.settings.run import RunSettings, parse_run


def _settings(values: Any) -> RunSettings:
    return values if isinstance(values, RunSettings) else parse_run(values, "settings")


AnyRunSettings = Annotated[RunSettings, BeforeValidator(_settings)]


class Selection(Record):
    """The epoch whose weights are kept, and its scores on the validation split."""

    split: Literal["valid"] = "valid"
    metric: str
    epoch: int
    epochs_trained: int
    scores: dict[str, float]

    @property
    def score(self) -> float:
        """The score that selected the epoch."""
        return self.scores[self.metric]


class RunRecord(Computed):
    """A finished run; `caches` maps the file of a split to the digest of its content.

    `text_encoder` is the digest of the files of its BERT, or of the vocabulary of one from scratch;
    None if the run reads no text.
    """

    settings: AnyRunSettings
    selection: Selection
    n_train: int
    n_valid: int
    parameters: int
    seconds_per_epoch: float
    device: str
    precision: str
    threads: int
    caches: dict[str, str]
    text_encoder: str | None = None
