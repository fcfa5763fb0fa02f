"""Facts of figures of the fusion weights."""

from evenfuse.settings.figures import EpochFigure


class Settings(EpochFigure):
    """Shares of the fusion weights over the epochs."""

    caption = (
        "Each modality's share of the fusion weights after every epoch: the mean over the seeds. "
        "All weights start equal."
    )
