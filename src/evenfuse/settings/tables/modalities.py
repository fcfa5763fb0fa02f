"""Facts of tables of modalities."""

from typing import ClassVar

from evenfuse.settings.needs import Need
from evenfuse.settings.tables import PaperTable


class Settings(PaperTable):
    """What each modality of an arm predicts by itself, and what the gaps are worth."""

    needs: ClassVar[tuple[Need, ...]] = ("heads", "head_predictions", "references")
    caption = (
        "What linear heads predict of the test split, from the representation of each modality and "
        "from all of them. The encoders are those of the trained arm and stay as they are. Mean ± "
        "standard deviation over the seeds; every gap has an interval and a p-value, corrected for "
        "the number of tests."
    )
