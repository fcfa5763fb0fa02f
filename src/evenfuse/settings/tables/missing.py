"""Facts of tables of what is left where something is missing."""

from pydantic import Field

from evenfuse.settings.tables import Table


class Settings(Table):
    """Test scores without each subset of the modalities, and with shares of all rows missing."""

    needs = ("missing",)
    caption = (
        "Mean ± standard deviation over the seeds on a test split that misses something. A missing "
        "frame is the mean frame of the training split, a missing token is [UNK]; a modality is "
        "absent if all of its rows are missing. The same rows are missing for all arms."
    )

    metric: str | None = Field(None, description="what is shown; else the first of its family")
