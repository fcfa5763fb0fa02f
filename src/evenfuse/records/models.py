"""What a trained model must know of its run: model/settings.json; and what is in its folder."""

from pathlib import Path

from evenfuse.checksums import SUMS, check_sums
from evenfuse.damage import ForeignError, reading
from evenfuse.files import read_json
from evenfuse.records.record import Record
from evenfuse.records.runs import AnyRunSettings

CARD = "README.md"
SETTINGS = "settings.json"


class SavedModel(Record):
    """The settings of the run, and modality -> features per frame, of all but text."""

    run: AnyRunSettings
    widths: dict[str, int]


def read_saved(folder: Path) -> SavedModel:
    """Check all files of a trained model and read its settings.

    Raises:
        EvenfuseError: if it is missing, cannot be read or is something else; or is damaged: then
            it is set aside, so that the workflow trains it again.
    """
    with reading("trained model", folder):
        if folder.is_dir() and not any((folder / name).exists() for name in (SUMS, SETTINGS)):
            raise ForeignError(f"it has neither {SUMS} nor {SETTINGS}")
        check_sums(folder)
        return SavedModel.parse(read_json(folder / SETTINGS))
