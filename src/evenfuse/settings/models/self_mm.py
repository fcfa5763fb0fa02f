"""Settings of Self-MM; the defaults are MMSA's for CMU-MOSI."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, PositiveInt

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models import ModelSettings, PerModality

PER_MODALITY = ("widths", "lstm_sizes", "head_widths", "head_dropouts")
Share = Annotated[float, Field(ge=0, lt=1)]


class Settings(ModelSettings):
    """A head for all modalities together, and one for each alone with labels of its own."""

    widths: PerModality[PositiveInt | None] = Field(
        {"text": None, "audio": 16, "video": 32},
        validate_default=True,
        description="width of Z_i, per modality; null: what its encoder gives, not mapped",
    )
    lstm_sizes: PerModality[PositiveInt] = Field(
        {"vectors": 128, "audio": 16, "video": 32}, description="width of each LSTM, per modality"
    )
    text_pooling: Literal["cls", "mean"] = Field(
        "cls", description="how BERT's token states become one vector"
    )
    post_dim: int = Field(128, gt=0, description="hidden width of the head for all together")
    post_dropout: float = Field(0.0, ge=0, lt=1, description="before that head")
    head_widths: PerModality[PositiveInt] = Field(
        {"text": 32, "audio": 16, "video": 32},
        validate_default=True,
        description="hidden width of each modality's own head",
    )
    head_dropouts: PerModality[Share] = Field(
        {"text": 0.1, "audio": 0.1, "video": 0.0},
        validate_default=True,
        description="before that head",
    )
    labels: Literal["generated", "human"] = Field(
        "generated", description="labels of each modality alone; human ones only CH-SIMS has"
    )
    limit: float = Field(3.0, gt=0, description="generated labels stay within it and its negative")
    distance: Literal["plain", "squared"] = Field(
        "plain",
        description="to the centres: as in the public code, or squared, as we read the paper",
    )
    zero: Literal["neither", "positive"] = Field(
        "neither", description="the centre that segments with the label 0 count towards"
    )

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError for a modality without one of the settings per modality."""
        for setting in PER_MODALITY:
            needed = [m for m in modalities if (setting, m) != ("lstm_sizes", "text")]
            for modality in needed:
                if modality not in getattr(self, setting):
                    raise EvenfuseError(
                        f"{self.name} has nothing for the modality '{modality}' in {setting}: "
                        f"set model.{setting}.{modality}"
                    )

    def check_balanced(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if a modality has no last linear map."""
        for modality in modalities:
            if self.widths[modality] is None:
                raise EvenfuseError(
                    f"{self.name} has no last linear map for the modality '{modality}'; set "
                    f"model.widths.{modality}, or its balancing.name to none"
                )
