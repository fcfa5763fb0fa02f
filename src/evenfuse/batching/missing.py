"""What is missing of segments, and what stands in its place.

A frame that is missing is the mean frame of the training split, which is 0 once it is standardised;
a token that is missing is [UNK]. [CLS] and [SEP] stay, and so does the number of rows, since some
models need a row per word. A modality is absent if all of its rows are missing. (TFR-Net, Yuan et
al. 2021, and LNLN, Zhang et al. 2024, put zeros and [UNK] in the same places.)
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Generator, Tensor

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.batching.ragged import RaggedTensor
from evenfuse.batching.words import NO_WORD

Fills = Mapping[str, Tensor]  # modality -> what stands in place of a row: (feature,), or a token ()


def with_missing(corpus: Corpus, rates: Mapping[str, float], seed: int, fills: Fills) -> Corpus:
    """Return a corpus that misses a share of the rows of each modality in `rates`, 1 for all.

    Which rows these are depends on seed, modality and rate alone. What is missing at one rate is
    missing at every higher one.
    """
    lost = {
        name: _lost(corpus.sequences[name], rate, f"{seed} {name}") for name, rate in rates.items()
    }
    sequences = {
        name: RaggedTensor(
            _filled(corpus.sequences[name].values, rows, fills[name]),
            corpus.sequences[name].offsets,
        )
        for name, rows in lost.items()
    }
    heads = corpus.heads
    if heads is not None and "text" in lost:
        heads = RaggedTensor(heads.values.masked_fill(lost["text"], NO_WORD), heads.offsets)
    return replace(corpus, sequences={**corpus.sequences, **sequences}, heads=heads)


def _lost(sequence: RaggedTensor, rate: float, seed: str) -> Tensor:
    """Return which rows (row,) are missing."""
    generator = Generator().manual_seed(zlib.crc32(seed.encode()))
    lost = torch.rand(len(sequence.values), generator=generator) < rate
    if sequence.values.dim() == 1:  # tokens between [CLS] and [SEP]
        lost[sequence.offsets[:-1]] = False
        lost[sequence.offsets[1:] - 1] = False
    return lost


@dataclass(frozen=True)
class ModalityDropout:
    """Takes whole modalities from some segments of a batch, each with the chance `rate`.

    One modality of each segment always stays.
    """

    rate: float
    fills: Fills

    def __call__(self, batch: Batch) -> Batch:
        """Return the batch with what is absent filled in; draws from torch's generator."""
        names = list(batch.sequences)
        absent = torch.rand(len(batch), len(names)) < self.rate
        stays = torch.randint(len(names), (len(batch), 1))
        nothing_left = absent.all(dim=1, keepdim=True)
        absent &= ~(nothing_left & (torch.arange(len(names)) == stays))
        lost = {
            name: _inner(batch, name) & gone.to(batch.labels.device)[:, None]
            for name, gone in zip(names, absent.T, strict=True)
        }
        sequences = {
            name: _filled(batch.sequences[name], rows, self.fills[name].to(rows.device))
            for name, rows in lost.items()
        }
        heads = batch.heads
        if heads is not None:
            heads = heads.masked_fill(lost["text"], NO_WORD)
        return replace(batch, sequences=sequences, heads=heads)


def _inner(batch: Batch, modality: str) -> Tensor:
    """Return which rows (batch, time) can be missing: neither padding nor [CLS] and [SEP]."""
    values, lengths = batch.sequences[modality], batch.lengths[modality]
    ends = int(values.dim() == 2)
    steps = torch.arange(values.shape[1], device=values.device)
    return (steps >= ends) & (steps < lengths[:, None] - ends)


def _filled(values: Tensor, lost: Tensor, fill: Tensor) -> Tensor:
    """Return rows (..., feature) or tokens (...) with `fill` where they are lost (...)."""
    return torch.where(lost[..., None] if fill.dim() else lost, fill, values)
