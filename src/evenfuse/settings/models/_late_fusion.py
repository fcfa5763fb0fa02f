"""Settings that late-fusion models share."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field, PositiveInt

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models import ModelSettings, PerModality

Widths = PerModality[PositiveInt]


def widths(text: int, audio: int, video: int) -> Any:
    """Return a field of widths."""
    default = {"text": text, "audio": audio, "video": video}
    return Field(default, validate_default=True, description="width of Z_i, per modality")


class LateFusionSettings(ModelSettings):
    """How each modality becomes its Z_i."""

    widths: Widths = widths(text=128, audio=16, video=128)
    dropout: float = Field(0.2, ge=0, lt=1, description="in each modality's network")
    text_pooling: Literal["cls", "mean"] = Field(
        "cls", description="how BERT's token states become one vector"
    )

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError for a modality without a width."""
        for modality in modalities:
            if modality not in self.widths:
                raise EvenfuseError(
                    f"{self.name} has no width for the modality '{modality}': "
                    f"set model.widths.{modality}"
                )


class SubnetworkSettings(LateFusionSettings):
    """The same with the subnetworks of the Tensor Fusion Network."""

    lstm_size: int = Field(128, gt=0, description="width of the LSTM over word vectors")


class HeadSettings(ModelSettings):
    """A prediction head of three linear maps."""

    post_dim: int = Field(128, gt=0, description="hidden width of the prediction head")
    post_dropout: float = Field(0.2, ge=0, lt=1, description="before the prediction head")


class ConcatenationSettings(LateFusionSettings, HeadSettings):
    """The head above all Z_i side by side."""
