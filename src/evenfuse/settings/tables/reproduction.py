"""Facts of tables that compare our scores with those that were printed."""

from pydantic import Field

from evenfuse.settings.tables import PaperTable


class Settings(PaperTable):
    """A row per printed score of the arms, and whether ours repeats it."""

    needs = ("results",)
    caption = (
        "Every score that the paper or others print of these models beside ours, and whether ours "
        "repeats it, as far as the size of the test split and the seeds can tell."
    )

    margin: float = Field(
        2.0, gt=0, le=100, description="points within which two scores count as the same"
    )
