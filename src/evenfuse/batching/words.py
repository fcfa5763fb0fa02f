"""Which word each token of a text belongs to."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

NO_WORD = -1
"""The row of a token that stands for no word: [CLS], [SEP] and padding."""


class Encoding(Protocol):
    """What a tokenizer says of a text."""

    @property
    def ids(self) -> list[int]:
        """One per token."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """Begin and end of each token in the text; equal for [CLS] and [SEP]."""


class Tokenizer(Protocol):
    """What turns texts into token ids."""

    def encode(self, texts: list[str]) -> Sequence[Encoding]:
        """Return the tokens of every text."""


def rows_of_tokens(words: NDArray[Any], encoding: Encoding) -> list[int]:
    """Return, per token, the row of its word among the `words` (word,) of a segment, or `NO_WORD`.

    A pause is a word without letters: it has a row, and no token. The text that was encoded is the
    other words with a space between them.
    """
    spoken = np.flatnonzero(words != "")
    lengths = [len(word) + 1 for word in words[spoken]]
    starts = np.array([0, *accumulate(lengths)])[: len(spoken)]
    begin, end = np.array(encoding.offsets).T
    rows = np.append(spoken, NO_WORD)[np.searchsorted(starts, begin, side="right") - 1]
    found: list[int] = np.where(end > begin, rows, NO_WORD).tolist()
    return found
