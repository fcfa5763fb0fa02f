"""Settings of each model: file name = config name; every file has a class `Settings`."""

from collections.abc import Sequence
from typing import Annotated, ClassVar, TypeVar

from pydantic import AfterValidator, Field

from evenfuse.errors import EvenfuseError
from evenfuse.settings.strict import Strict

Value = TypeVar("Value")


def _vectors_like_text(values: dict[str, Value]) -> dict[str, Value]:
    if "text" in values and "vectors" not in values:
        return {**values, "vectors": values["text"]}
    return values


# modality -> value; `vectors`, the words as vectors, have that of the text if not one of their own
PerModality = Annotated[dict[str, Value], AfterValidator(_vectors_like_text)]


class ModelSettings(Strict):
    """What the settings of all models share."""

    late_fusion: ClassVar[bool] = True  # whether a balancer finds last linear maps in it
    pooler: ClassVar[bool] = False  # whether it uses BERT's pretrained pooler
    word_rows: ClassVar[bool] = False  # whether it asks for the row of each token's word

    name: str = Field(description="a model; see docs/extending.md for your own")

    def parsed_by(self) -> str | None:
        """Return the spaCy pipeline whose parse of the words the model asks for, if any."""
        return None

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if the model makes no sense of these modalities."""

    def check_balanced(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if a balancer would find no last linear map per modality."""
        if not self.late_fusion:
            raise EvenfuseError(
                f"the model {self.name} has no last linear map per modality; set its "
                "balancing.name to none"
            )
