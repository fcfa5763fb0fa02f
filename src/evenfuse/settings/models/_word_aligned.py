"""Settings that all models share in which tokens meet the rows of their own words."""

from collections.abc import Sequence
from typing import ClassVar

from evenfuse.errors import EvenfuseError
from evenfuse.settings.models import ModelSettings


class WordAlignedSettings(ModelSettings):
    """Text read by BERT, and modalities with a row for each of its words."""

    late_fusion: ClassVar[bool] = False
    word_rows: ClassVar[bool] = True

    def check_modalities(self, modalities: Sequence[str]) -> None:
        """Raise EvenfuseError if there is no text, or nothing beside it."""
        if "text" not in modalities or len(modalities) < 2:
            raise EvenfuseError(
                f"the model {self.name} joins the tokens of 'text' and the rows of their words in "
                f"other modalities: it needs 'text' and at least one more, not only "
                f"{' and '.join(modalities)}"
            )
