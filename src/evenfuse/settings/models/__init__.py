"""Settings of each model: file name = config name; every file has a class `Settings`."""

from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from evenfuse.settings.strict import Strict


class ModelSettings(Strict):
    """What the settings of all models share."""

    late_fusion: ClassVar[bool] = True  # whether a balancer finds last linear maps in it
    pooler: ClassVar[bool] = False  # whether it uses BERT's pretrained pooler
    word_rows: ClassVar[bool] = False  # whether it asks for the row of each token's word

    name: str = Field(description="a model; see docs/extending.md for your own")

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if the model makes no sense of these modalities."""
