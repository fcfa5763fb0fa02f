"""One split as the models see it: token ids, feature sequences, labels."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from evenfuse.batching.ragged import RaggedTensor, moved
from evenfuse.errors import EvenfuseError
from evenfuse.storage.cache import Segments

FREE_SHARE = 0.25  # of the free memory of a GPU that a split may take

Tokenize = Callable[[list[str]], list[list[int]]]


@dataclass(frozen=True)
class Batch:
    """Segments that are computed together.

    `sequences` holds, per modality, (batch, time, feature), or (batch, token) for text, padded
    with zeros to the longest of the batch; `lengths` holds the true lengths (batch,); `labels` is
    (batch, column).
    """

    sequences: dict[str, Tensor]
    lengths: dict[str, Tensor]
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Batch":
        """Move to a device."""
        return Batch(
            {name: moved(tensor, device) for name, tensor in self.sequences.items()},
            {name: moved(tensor, device) for name, tensor in self.lengths.items()},
            moved(self.labels, device),
        )


@dataclass(frozen=True)
class Corpus:
    """The segments of one split: per modality a ragged tensor, `labels` (segment, column)."""

    ids: list[str]
    sequences: dict[str, RaggedTensor]
    labels: Tensor

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
        )

    def batches(self, order: Iterable[Tensor], device: torch.device) -> Iterator[Batch]:
        """Yield the batches of an order of segment numbers."""
        for index in order:
            yield self.batch(index).to(device)


def corpus_from(
    segments: Segments, modalities: list[str], tokenize: Tokenize | None, columns: int
) -> Corpus:
    """Keep what the modalities need and the first label columns; text is without its pauses.

    Raises:
        EvenfuseError: if the cache has fewer label columns.
    """
    if segments.labels.shape[1] < columns:
        raise EvenfuseError(
            f"the metrics need {columns} labels per segment, the cache has "
            f"{segments.labels.shape[1]}; give the dataset other metrics"
        )
    sequences = {}
    for name in modalities:
        if name == "text" and tokenize is not None:
            sequences[name] = RaggedTensor.from_lists(tokenize(segments.sentences()))
        else:
            sequences[name] = RaggedTensor.from_cache(segments.features[name])
    return Corpus(segments.ids, sequences, torch.from_numpy(segments.labels[:, :columns].copy()))
