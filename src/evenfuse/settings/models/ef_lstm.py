"""Settings of EF-LSTM; the defaults are those for CMU-MOSI."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models import ModelSettings


class Settings(ModelSettings):
    """Early fusion: one LSTM over the rows of all modalities."""

    late_fusion: ClassVar[bool] = False

    hidden_size: int = Field(128, gt=0, description="width of the LSTM and of the head")
    layers: int = Field(4, gt=0, description="of the LSTM")
    dropout: float = Field(0.5, ge=0, lt=1, description="between the layers and in the head")

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError for text, whose tokens are no rows of the other modalities."""
        if "text" in modalities:
            raise EvenfuseError(
                f"{self.name} joins the modalities word by word, and the tokens of 'text' are no "
                "words: give it 'vectors' in place of 'text'"
            )
