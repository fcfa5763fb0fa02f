"""Low-rank multimodal fusion: Liu, Shen, Lakshminarasimhan, Liang, Zadeh, Morency (ACL 2018)."""

from collections.abc import Mapping

from torch import Tensor

from evenfuse.nn.late_fusion import LateFusion, weighted
from evenfuse.nn.model import Output
from evenfuse.nn.products import LowRankProduct
from evenfuse.nn.readers import Reader
from evenfuse.nn.subnetworks import subnetworks
from evenfuse.settings.models.lmf import Settings


class Model(LateFusion):
    """A low-rank map from the outer product of [1; w_i Z_i] of all modalities to the outputs."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers, subnetworks(settings, readers), settings.widths)
        widths = [settings.widths[name] for name in readers]
        self.product = LowRankProduct(widths, settings.rank, outputs)

    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from [1; w_i Z_i] of all modalities."""
        return Output(self.product(weighted(representations, weights)))
