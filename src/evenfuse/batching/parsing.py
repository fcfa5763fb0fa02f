"""Which word each word of a text depends on, by spaCy, which is installed only if it is wanted."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError


class Parser:
    """A spaCy pipeline with a dependency parser, by its name or in a folder.

    Raises:
        EvenfuseError: if spaCy or the pipeline is not installed, or the pipeline does not parse.
    """

    def __init__(self, pipeline: str):
        self._spacy = _spacy(pipeline)
        try:
            self._pipeline = self._spacy.load(pipeline)
        except OSError:
            raise EvenfuseError(
                f"spaCy has no pipeline '{pipeline}', which the setting model.parser names: run "
                f"python -m spacy download {pipeline}, or give a folder"
            ) from None
        if "parser" not in self._pipeline.pipe_names:
            raise EvenfuseError(
                f"the spaCy pipeline '{pipeline}', which the setting model.parser names, has no "
                "dependency parser; give another one"
            )

    def heads(self, texts: Sequence[NDArray[Any]]) -> list[list[int]]:
        """Return, per text, the row of each word's head; a pause or a root has its own row.

        Each text is (word,); a pause is an empty word, which the parser does not see.
        """
        spoken = [np.flatnonzero(words != "") for words in texts]
        pairs = zip(texts, spoken, strict=True)
        docs = [
            self._spacy.tokens.Doc(self._pipeline.vocab, words=list(words[rows]))
            for words, rows in pairs
        ]
        parsed = zip(texts, spoken, self._pipeline.pipe(docs), strict=True)
        return [_heads(len(words), rows, doc) for words, rows, doc in parsed]


def _heads(words: int, spoken: NDArray[np.int64], doc: Any) -> list[int]:
    heads = np.arange(words)
    heads[spoken] = spoken[[token.head.i for token in doc]]
    found: list[int] = heads.tolist()
    return found


def _spacy(pipeline: str) -> Any:
    try:
        import spacy
    except ImportError:
        raise EvenfuseError(
            f"the setting model.parser is '{pipeline}', and spaCy is not installed: run pip "
            "install 'evenfuse[parser]', or set model.parser to null"
        ) from None
    return spacy
