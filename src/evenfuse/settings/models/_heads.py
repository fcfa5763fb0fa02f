"""Settings that all models with attention of several heads share."""

from typing import Self

from pydantic import model_validator

from evenfuse.settings.models import ModelSettings


class HeadsSettings(ModelSettings):
    """Attention over vectors of one width, which its heads share out."""

    width: int
    heads: int

    @model_validator(mode="after")
    def _heads_divide_width(self) -> Self:
        if self.width % self.heads:
            raise ValueError("heads must divide width")
        return self
