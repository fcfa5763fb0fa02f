"""Settings of MAG-BERT; the defaults are MMSA's for CMU-MOSI."""

from typing import ClassVar

from pydantic import Field

from evenfuse.settings.models._word_aligned import WordAlignedSettings


class Settings(WordAlignedSettings):
    """BERT with a gate that shifts its tokens."""

    pooler: ClassVar[bool] = True

    layer: int = Field(
        0, ge=0, description="of BERT, after which the gate stands; 0: after the embeddings"
    )
    beta: float = Field(1.0, gt=0, description="longest shift, in lengths of the shifted token")
    dropout: float = Field(0.3, ge=0, lt=1, description="of the shifted tokens")
