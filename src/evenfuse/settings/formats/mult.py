"""The pickles of MulT: IEMOCAP, with labels of four emotions, CMU-MOSI and CMU-MOSEI."""

from evenfuse.settings.formats import Format


class Mult(Format):
    """One label is a sentiment, more are emotions."""

    def label_names(self, count: int) -> tuple[str, ...]:
        """Return what `count` label columns are called."""
        return ("sentiment",) if count == 1 else super().label_names(count)


FORMAT = Mult(
    roles=("pickle",),
    modalities=("vectors", "audio", "video"),
    columns=("neutral", "happy", "sad", "angry"),
)
