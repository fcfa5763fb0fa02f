"""The pickles of MMSA: CMU-MOSI, CMU-MOSEI and CH-SIMS, which also has labels per modality."""

from evenfuse.settings.formats import Format

FORMAT = Format(
    roles=("pickle",),
    modalities=("text", "vectors", "audio", "video"),
    columns=("sentiment", "text", "audio", "video"),
)
