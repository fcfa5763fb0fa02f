"""MulT: the multimodal transformer of Tsai et al. (ACL 2019, arXiv 1906.00295)."""

from collections.abc import Mapping

from torch import Tensor, nn

from evenfuse.nn.cross_modal import CrossModal, crossmodal, self_attention
from evenfuse.nn.readers import Reader
from evenfuse.nn.sequences import States, side_by_side
from evenfuse.settings.models.mult import Settings


class Model(CrossModal):
    """Every modality attends to every other one, and then to itself."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        others = len(readers) - 1
        super().__init__(settings, readers, outputs, len(readers) * others * settings.width)
        self.crossmodal = nn.ModuleDict(
            {
                target: nn.ModuleDict(
                    {source: crossmodal(settings, source) for source in readers if source != target}
                )
                for target in readers
            }
        )
        self.memories = nn.ModuleDict({name: self_attention(settings, others) for name in readers})

    def represent(self, sequences: Mapping[str, States]) -> list[Tensor]:
        """Return each modality's last step (batch, others * width), MulT section 3.2."""
        return [self._reinforced(name, sequences) for name in self.modalities]

    def _reinforced(self, target: str, sequences: Mapping[str, States]) -> Tensor:
        pairs: nn.ModuleDict = self.crossmodal[target]  # type: ignore[assignment]
        enriched = [
            transformer(sequences[target], sequences[source])
            for source, transformer in pairs.items()
        ]
        memory: States = self.memories[target](side_by_side(enriched))
        return memory.last()
