"""Facts of figures of gradient magnitudes."""

from evenfuse.settings.figures import EpochFigure


class Settings(EpochFigure):
    """Gradient magnitudes g_i (7) over the epochs."""

    caption = (
        "Mean absolute gradient of each modality's last linear map in every epoch: the mean over "
        "the seeds, with a band from the lowest to the highest."
    )
