"""Facts of tables of balancers."""

from pydantic import Field

from evenfuse.settings.tables import scores


class Settings(scores.Settings):
    """Test scores with what each modality has learnt, and what a step costs."""

    needs = (*scores.Settings.needs, "shares", "seconds")
    caption = (
        f"{scores.Settings.caption} Shares are of the variance of the part of the label that is "
        "planted in a modality: what a linear probe reads from its representation. Seconds are "
        "of a training epoch, all arms measured in one process, in turns."
    )

    relative_to: str = Field(description="the variant whose seconds per epoch count as 1")
