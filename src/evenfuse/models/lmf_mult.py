"""LMF-MulT: low-rank fusion transformer of Sahay et al. (2020, arXiv 2007.02038), our reading."""

from collections.abc import Mapping

from torch import Tensor, nn

from evenfuse.nn.attention import Sequence
from evenfuse.nn.cross_modal import CrossModal, crossmodal, self_attention, side_by_side
from evenfuse.nn.inputs import Input
from evenfuse.nn.sequence_fusion import SequenceFusion
from evenfuse.settings.models.lmf_mult import Settings


class Model(CrossModal):
    """Each modality attends to the fused signal, and the fused signal to what each became."""

    def __init__(self, settings: Settings, inputs: Mapping[str, Input], columns: int):
        super().__init__(settings, inputs, columns, len(inputs) * settings.width)
        self.fusion = SequenceFusion(len(inputs), settings.width, settings.rank)
        self.to_fused = nn.ModuleDict({name: crossmodal(settings) for name in inputs})
        self.from_fused = nn.ModuleDict({name: crossmodal(settings, name) for name in inputs})
        self.memory = self_attention(settings, len(inputs))

    def represent(self, sequences: Mapping[str, Sequence]) -> list[Tensor]:
        """Return the last step of the fused signal, once for every modality side by side."""
        fused = self.fusion(list(sequences.values()))
        found = [
            self.from_fused[name](fused, self.to_fused[name](sequences[name], fused))
            for name in self.modalities
        ]
        memory: Sequence = self.memory(side_by_side(found))
        return [memory.last()]
