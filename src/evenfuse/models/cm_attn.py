"""Fusion-Based-CM-Attn-MulT: our reading of Sahay et al. (2020, arXiv 2007.02038)."""

from collections.abc import Mapping

from torch import Tensor, nn

from evenfuse.nn.cross_modal import CrossModal, crossmodal, self_attention
from evenfuse.nn.readers import Reader
from evenfuse.nn.sequence_fusion import SequenceFusion
from evenfuse.nn.sequences import States
from evenfuse.settings.models.cm_attn import Settings


class Model(CrossModal):
    """A model in which each modality attends to the low-rank fusion of all, then to itself."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(settings, readers, outputs, len(readers) * settings.width)
        self.fusion = SequenceFusion(len(readers), settings.width, settings.rank)
        self.to_fused = nn.ModuleDict({name: crossmodal(settings) for name in readers})
        self.memories = nn.ModuleDict({name: self_attention(settings, 1) for name in readers})

    def represent(self, sequences: Mapping[str, States]) -> list[Tensor]:
        """Return each modality's last step (batch, width)."""
        fused = self.fusion(list(sequences.values()))
        return [
            self.memories[name](self.to_fused[name](sequences[name], fused)).last()
            for name in self.modalities
        ]
