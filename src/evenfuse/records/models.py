"""What a trained model must know of its run: model/settings.json."""

from evenfuse.records.record import Record
from evenfuse.records.runs import AnyRunSettings


class SavedModel(Record):
    """The settings of the run, and modality -> features per frame, of all but text."""

    run: AnyRunSettings
    widths: dict[str, int]
