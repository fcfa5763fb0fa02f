"""The IEMOCAP pickle of MulT: no words, and labels that say whether an emotion is there."""

from evenfuse.settings.formats import Format

FORMAT = Format(
    roles=("pickle",),
    modalities=("vectors", "audio", "video"),
    columns=("neutral", "happy", "sad", "angry"),
)
