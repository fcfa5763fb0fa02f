"""Facts of tables of seconds per epoch."""

from evenfuse.settings.tables import PaperTable


class Settings(PaperTable):
    """Seconds per epoch, measured in one process; no arm is trained for them."""

    needs = ("seconds",)
    caption = (
        "Median seconds of a training epoch, without validation; all models were measured in one "
        "process, in turns. Numbers of the paper stand beside ours only where dataset and model "
        "are the paper's, never on generated data."
    )
