"""Settings of MISA; the defaults are MMSA's for CMU-MOSI."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models._heads import HeadsSettings


class Settings(HeadsSettings):
    """A private and a shared view of every modality."""

    late_fusion: ClassVar[bool] = False  # the shared map belongs to no modality

    width: int = Field(128, gt=0, description="of every view")
    heads: int = Field(2, gt=0, description="of the attention over the views; must divide width")
    feed_forward: int = Field(2048, gt=0, description="inner width of the transformer")
    attention_dropout: float = Field(0.1, ge=0, lt=1, description="in the transformer")
    dropout: float = Field(0.2, ge=0, lt=1, description="in the prediction head")
    similarity_weight: float = Field(0.3, ge=0, description="of the discrepancy of shared views")
    difference_weight: float = Field(0.1, ge=0, description="of the overlap of different views")
    reconstruction_weight: float = Field(1.0, ge=0, description="of what both views miss")

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if there is no second modality to share a view with."""
        if len(modalities) < 2:
            raise EvenfuseError(
                f"the model {self.name} compares the modalities' views: it needs two modalities "
                f"or more, not only {modalities[0]}"
            )
