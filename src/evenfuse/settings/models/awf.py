"""Settings of adaptive weight fusion. The default of every open point is our reading."""

from typing import Literal

from pydantic import Field

from evenfuse.settings.models import ModelSettings


class Settings(ModelSettings):
    """The model of the paper."""

    hidden_size: int = Field(128, gt=0, description="width d of every Z_i and of the LSTMs")
    post_dim: int = Field(128, gt=0, description="hidden width of the prediction head")
    dropout: float = Field(0.0, ge=0, lt=1, description="in the prediction head")
    a_fusion: bool = Field(True, description="weigh the modalities by attention, eq. (11)-(13)")
    a_fusion_reaches_encoders: bool = Field(
        False, description="whether Z_ATT sends gradient into the unimodal networks"
    )
    text_pooling: Literal["cls", "mean"] = Field(
        "cls", description="how BERT's token states become one vector"
    )
