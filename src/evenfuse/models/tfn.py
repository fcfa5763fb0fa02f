"""Tensor Fusion Network: Zadeh, Chen, Poria, Cambria and Morency (EMNLP 2017)."""

from collections.abc import Mapping
from math import prod

from torch import Tensor

from evenfuse.nn.concatenation import three_layer_head
from evenfuse.nn.late_fusion import LateFusion, weighted
from evenfuse.nn.model import Output
from evenfuse.nn.products import outer_product
from evenfuse.nn.readers import Reader
from evenfuse.nn.subnetworks import subnetworks
from evenfuse.settings.models.tfn import Settings


class Model(LateFusion):
    """Three linear maps of the outer product of [1; w_i Z_i] of all modalities."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers, subnetworks(settings, readers), settings.widths)
        width = prod(settings.widths[name] + 1 for name in readers)
        self.head = three_layer_head(settings, width, outputs)
        self.limit = settings.limit

    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from the outer product, within the limit if there is one (sec. 4.3)."""
        unbounded: Tensor = self.head(outer_product(weighted(representations, weights)))
        # the same curve as the paper's sigmoid, stretched to the range of the labels
        return Output(unbounded if self.limit is None else self.limit * (unbounded / 2).tanh())
