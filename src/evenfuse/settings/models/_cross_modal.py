"""Settings that all crossmodal transformers share; the defaults are MulT's public ones."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

from pydantic import Field, PositiveInt

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models import PerModality
from evenfuse.settings.models._heads import HeadsSettings

Share = Annotated[float, Field(ge=0, lt=1)]


class CrossModalSettings(HeadsSettings):
    """Convolutions, transformers and the residual head of MulT (arXiv 1906.00295)."""

    late_fusion: ClassVar[bool] = False

    width: int = Field(30, ge=4, description="d, of every sequence after its convolution")
    heads: int = Field(5, gt=0, description="of every attention; must divide width")
    layers: int = Field(5, gt=0, description="of every crossmodal transformer")
    self_layers: int = Field(5, gt=0, description="of every self-attention transformer")
    kernels: PerModality[PositiveInt] = Field(
        {}, description="steps that a modality's convolution spans; 1 where none is given"
    )
    positions: bool = Field(True, description="add sinusoidal positions to what attends")
    causal: bool = Field(True, description="no step attends to what comes later than itself")
    input_dropout: PerModality[Share] = Field({}, description="of a modality's states")
    attention_dropout: PerModality[Share] = Field(
        {}, description="of crossmodal attention weights, by the modality attended to"
    )
    self_attention_dropout: Share = Field(0.1, description="of all other attention weights")
    embedding_dropout: Share = Field(0.25, description="of what enters a transformer")
    relu_dropout: Share = Field(0.1, description="inside the feed-forward parts")
    residual_dropout: Share = Field(0.1, description="of what is added to the residual stream")
    output_dropout: Share = Field(0.0, description="in the residual head")

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if there is no second modality to attend to."""
        if len(modalities) < 2:
            raise EvenfuseError(
                f"the model {self.name} lets modalities attend to one another: it needs two or "
                f"more, not only {modalities[0]}"
            )
