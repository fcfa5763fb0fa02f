"""What models share in which tokens meet the rows of their own words."""

from collections.abc import Mapping
from typing import cast

from torch import Tensor

from evenfuse.batching.corpus import Batch
from evenfuse.batching.words import NO_WORD
from evenfuse.nn.model import SentimentModel
from evenfuse.nn.readers import Reader
from evenfuse.nn.text import Tokens


class WordAligned(SentimentModel):
    """A model of the tokens of a text; its settings set `word_rows`."""

    def __init__(self, readers: Mapping[str, Reader]):
        super().__init__(readers)
        self.beside_text = [name for name in self.modalities if name != "text"]

    @property
    def tokens(self) -> Tokens:
        """The reader of the text."""
        return cast(Tokens, self.readers["text"])

    def rows_at_tokens(self, batch: Batch, modality: str) -> Tensor:
        """Return the row (batch, token, feature) of each token's word; zeros if it is of none."""
        assert batch.rows is not None
        return rows_at(self.read(batch, modality)[0], batch.rows)


def rows_at(states: Tensor, rows: Tensor) -> Tensor:
    """Return states (batch, token, width) from those (batch, row, width) at `rows` (batch, token).

    It is 0 where the row is `NO_WORD`.
    """
    index = rows.clamp(min=0)[..., None].expand(-1, -1, states.shape[2])
    return states.gather(1, index).masked_fill((rows == NO_WORD)[..., None], 0)
