"""Facts of figures of generated labels."""

from typing import Literal

from pydantic import Field

from evenfuse.settings.figures import EpochFigure


class Settings(EpochFigure):
    """Labels that Self-MM generates for each modality alone, over the epochs."""

    caption = (
        "Labels generated for each modality alone, after every epoch; in the first they are those "
        "of all modalities together. Labels: their mean over segments and seeds, between dotted "
        "lines one standard deviation away. Weights and clamped labels: the mean over the seeds, "
        "with a band from the lowest to the highest."
    )

    shows: Literal["labels", "weights", "clamped"] = Field(
        "labels", description="the labels, their mean weight, or how many were clamped"
    )
