"""Facts of tables of test scores."""

from typing import ClassVar

from evenfuse.settings.needs import Need
from evenfuse.settings.tables import PaperTable


class Settings(PaperTable):
    """Test scores over the seeds, answers without a model, and what the gaps are worth."""

    needs: ClassVar[tuple[Need, ...]] = ("results", "predictions", "references")
    caption = (
        "Mean ± standard deviation over the seeds on the test split. Below the arms are answers "
        "that need no model; a † marks scores that are not clearly better than the training "
        "mean's. Every gap has an interval and a p-value, corrected for the number of tests. "
        "What the paper and others print is beside ours only where dataset and model are the same, "
        "never on generated data."
    )
