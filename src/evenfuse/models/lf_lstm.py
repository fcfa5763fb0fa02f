"""LF-LSTM: late fusion of an LSTM per modality; no public code has it, so we define it."""

from collections.abc import Mapping

from evenfuse.nn.concatenation import Concatenation
from evenfuse.nn.readers import Reader
from evenfuse.nn.subnetworks import lstms
from evenfuse.settings.models.lf_lstm import Settings


class Model(Concatenation):
    """An LSTM per modality (BERT for text), concatenated, then three linear maps."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(settings, readers, lstms(settings, readers), outputs)
