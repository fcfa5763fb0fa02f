"""LMF-MulT: our reading of the transformer of Sahay et al. (2020, arXiv 2007.02038)."""

from collections.abc import Mapping

from torch import Tensor, nn

from evenfuse.nn.cross_modal import CrossModal, crossmodal, self_attention
from evenfuse.nn.readers import Reader
from evenfuse.nn.sequence_fusion import SequenceFusion
from evenfuse.nn.sequences import States, side_by_side
from evenfuse.settings.models.lmf_mult import Settings


class Model(CrossModal):
    """Each modality attends to the fused signal, and the fused signal attends to each result."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(settings, readers, outputs, len(readers) * settings.width)
        self.fusion = SequenceFusion(len(readers), settings.width, settings.rank)
        self.to_fused = nn.ModuleDict({name: crossmodal(settings) for name in readers})
        self.from_fused = nn.ModuleDict({name: crossmodal(settings, name) for name in readers})
        self.memory = self_attention(settings, len(readers))

    def represent(self, sequences: Mapping[str, States]) -> list[Tensor]:
        """Return the last step of the fused signal (batch, modalities * width)."""
        fused = self.fusion(list(sequences.values()))
        enriched = [
            self.from_fused[name](fused, self.to_fused[name](sequences[name], fused))
            for name in self.modalities
        ]
        memory: States = self.memory(side_by_side(enriched))
        return [memory.last()]
