"""LF-DNN: late fusion of averaged frames and the text."""

from collections.abc import Mapping

from evenfuse.nn.concatenation import Concatenation
from evenfuse.nn.readers import Reader
from evenfuse.nn.subnetworks import subnetworks
from evenfuse.settings.models.lf_dnn import Settings


class Model(Concatenation):
    """The subnetworks of the Tensor Fusion Network, concatenated, then three linear maps."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(settings, readers, subnetworks(settings, readers), outputs)
