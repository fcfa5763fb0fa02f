"""One split as the models see it: token ids, feature sequences, labels."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from evenfuse.batching.parsing import Parser
from evenfuse.batching.ragged import RaggedTensor, moved
from evenfuse.batching.words import NO_WORD, Encoding, Tokenizer, rows_of_tokens
from evenfuse.cache.segments import Segments
from evenfuse.errors import EvenfuseError

FREE_SHARE = 0.25  # of the free memory of a GPU that a split may take


@dataclass(frozen=True)
class Batch:
    """Segments that are computed together.

    `sequences` holds, per modality, (batch, time, feature), or (batch, token) for text, padded
    with zeros to the longest of the batch; `lengths` holds the true lengths (batch,); `labels` is
    (batch, column), all columns of the cache; `index` (batch,) numbers the segments in their split.
    `rows` (batch, token) is for models that ask for it: the row of the other modalities that each
    token meets, which is its word's, or `NO_WORD`. `heads` is the same of its word's head, for
    models that ask for a parse.
    """

    sequences: dict[str, Tensor]
    lengths: dict[str, Tensor]
    labels: Tensor
    index: Tensor
    rows: Tensor | None = None
    heads: Tensor | None = None

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Batch":
        """Move to a device."""
        return Batch(
            {name: moved(tensor, device) for name, tensor in self.sequences.items()},
            {name: moved(tensor, device) for name, tensor in self.lengths.items()},
            moved(self.labels, device),
            moved(self.index, device),
            None if self.rows is None else moved(self.rows, device),
            None if self.heads is None else moved(self.heads, device),
        )


@dataclass(frozen=True)
class Corpus:
    """The segments of one split: per modality a ragged tensor, `labels` (segment, column).

    `rows` and `heads` are those of `Batch`, or None if no model asked for them.
    """

    ids: list[str]
    sequences: dict[str, RaggedTensor]
    labels: Tensor
    rows: RaggedTensor | None = None
    heads: RaggedTensor | None = None

    @classmethod
    def from_segments(
        cls,
        segments: Segments,
        modalities: Sequence[str],
        tokenizer: Tokenizer | None,
        word_rows: bool = False,
        parser: Parser | None = None,
    ) -> Self:
        """Keep what the modalities need, and all labels; text is without its pauses.

        With `word_rows`, tokens know the rows of their words; with a parser, also of their heads.

        Raises:
            EvenfuseError: if the rows are asked for, and a modality has no row for each word.
        """
        encodings = tokenizer.encode(segments.sentences()) if tokenizer else []
        sequences = {
            name: RaggedTensor.from_lists([encoding.ids for encoding in encodings])
            if tokenizer and name == "text"
            else RaggedTensor.from_cache(segments.features[name])
            for name in modalities
        }
        rows = _rows(segments, modalities, encodings) if word_rows else None
        heads = _heads(segments, rows, parser) if rows and parser else None
        return cls(segments.ids, sequences, torch.from_numpy(segments.labels), rows, heads)

    def __len__(self) -> int:
        return len(self.ids)

    def widths(self) -> dict[str, int]:
        """Return the number of features per frame of every modality but text."""
        return {name: s.values.shape[1] for name, s in self.sequences.items() if s.values.dim() > 1}

    def on_device_if_it_fits(self, device: torch.device) -> "Corpus":
        """Return the split with its sequences on a GPU, if they take little of its free memory."""
        if device.type != "cuda":
            return self
        size = sum(sequence.values.nbytes for sequence in self.sequences.values())
        if size > FREE_SHARE * torch.cuda.mem_get_info(device)[0]:
            return self
        sequences = {name: sequence.to(device) for name, sequence in self.sequences.items()}
        return replace(self, sequences=sequences)

    def lengths(self) -> Tensor:
        """Return what a segment costs: the length of its longest sequence, shape (segment,)."""
        return torch.stack([s.lengths() for s in self.sequences.values()]).amax(dim=0)

    def batch(self, index: Tensor) -> Batch:
        """Put the chosen segments together, padded to the longest of them."""
        padded = {name: sequence.pad(index) for name, sequence in self.sequences.items()}
        return Batch(
            {name: values for name, (values, _) in padded.items()},
            {name: lengths for name, (_, lengths) in padded.items()},
            self.labels[index],
            index,
            None if self.rows is None else self.rows.pad(index, NO_WORD)[0],
            None if self.heads is None else self.heads.pad(index, NO_WORD)[0],
        )

    def batches(self, order: Iterable[Tensor], device: torch.device) -> Iterator[Batch]:
        """Yield the batches of an order of segment numbers."""
        for index in order:
            yield self.batch(index).to(device)


def _rows(
    segments: Segments, modalities: Sequence[str], encodings: Sequence[Encoding]
) -> RaggedTensor:
    for name in modalities:
        if name == "text":
            continue
        differs = segments.features[name].lengths() != segments.words.lengths()
        if differs.any():
            number = int(differs.argmax())
            raise EvenfuseError(
                f"the model joins tokens and the rows of their words, but segment "
                f"'{segments.ids[number]}' has {len(segments.words[number])} words and "
                f"{len(segments.features[name][number])} rows of {name}: give it data that is "
                "aligned to the words"
            )
    numbered = enumerate(encodings)
    return RaggedTensor.from_lists([rows_of_tokens(segments.words[i], e) for i, e in numbered])


def _heads(segments: Segments, rows: RaggedTensor, parser: Parser) -> RaggedTensor:
    heads = parser.heads([segments.words[i] for i in range(len(segments))])
    of_tokens = rows.values.split(rows.lengths().tolist())
    return RaggedTensor.from_lists(
        [
            [NO_WORD if row == NO_WORD else of_words[row] for row in tokens.tolist()]
            for of_words, tokens in zip(heads, of_tokens, strict=True)
        ]
    )
