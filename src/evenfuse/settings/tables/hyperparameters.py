"""Facts of tables of hyper-parameters."""

from typing import ClassVar

from evenfuse.settings.needs import Need
from evenfuse.settings.tables import PaperTable


class Settings(PaperTable):
    """What the grids of arms have chosen on the validation split, beside what the paper has."""

    needs: ClassVar[tuple[Need, ...]] = ("choices",)
    caption = (
        "Hyper-parameters with the best mean validation score over the seeds of the search, which "
        "are none of the study's. The test split has no part in it."
    )
