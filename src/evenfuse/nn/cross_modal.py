"""What every crossmodal transformer shares: convolutions, transformers, a residual head."""

from abc import abstractmethod
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.pooling import real_steps
from evenfuse.nn.readers import Reader
from evenfuse.nn.sequences import States
from evenfuse.nn.transformer import Transformer
from evenfuse.settings.models._cross_modal import CrossModalSettings


class CrossModal(SentimentModel):
    """Brings each modality to a common width, then predicts from what a subclass represents.

    `joined_width` is the total width of what `represent` returns.
    """

    def __init__(
        self,
        settings: CrossModalSettings,
        readers: Mapping[str, Reader],
        outputs: int,
        joined_width: int,
    ):
        super().__init__(readers)
        self.convolutions = nn.ModuleDict(
            {
                name: Convolution(
                    reader.width,
                    settings.width,
                    settings.kernels.get(name, 1),
                    settings.input_dropout.get(name, 0),
                )
                for name, reader in readers.items()
            }
        )
        self.head = ResidualHead(joined_width, outputs, settings.output_dropout)

    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""
        sequences = {
            name: self.convolutions[name](*self.read(batch, name)) for name in self.modalities
        }
        return Output(self.head(torch.cat(self.represent(sequences), dim=1)))

    @abstractmethod
    def represent(self, sequences: Mapping[str, States]) -> list[Tensor]:
        """Return the inputs of the head, each (batch, width), from the modalities' sequences."""


class Convolution(nn.Module):
    """Temporal convolution to a common width, MulT eq. (1), over whole kernels only.

    Of n steps, n - kernel + 1 remain; a sequence shorter than the kernel is padded with zeros and
    keeps one step.
    """

    def __init__(self, features: int, width: int, kernel: int, dropout: float):
        super().__init__()
        self.kernel = kernel
        self.dropout = Dropout(dropout)
        self.convolution = nn.Conv1d(features, width, kernel, bias=False)

    def forward(self, states: Tensor, lengths: Tensor) -> States:
        """Turn states (batch, time, feature) into (batch, time - kernel + 1, width)."""
        # padding may hold anything, and even a weight of zero does not hide a NaN
        real = states.masked_fill(~real_steps(states, lengths)[..., None], 0)
        missing = max(self.kernel - states.shape[1], 0)
        padded = nn.functional.pad(self.dropout(real), (0, 0, 0, missing))
        mixed = self.convolution(padded.transpose(1, 2)).transpose(1, 2)
        return States(mixed, (lengths - self.kernel + 1).clamp(min=1))


class ResidualHead(nn.Module):
    """A hidden layer with a residual connection, then a linear map."""

    def __init__(self, width: int, outputs: int, dropout: float):
        super().__init__()
        self.hidden = nn.Sequential(
            nn.Linear(width, width), nn.ReLU(), Dropout(dropout), nn.Linear(width, width)
        )
        self.output = nn.Linear(width, outputs)

    def forward(self, joined: Tensor) -> Tensor:
        """Predict (batch, output) from (batch, width)."""
        prediction: Tensor = self.output(joined + self.hidden(joined))
        return prediction


def crossmodal(settings: CrossModalSettings, source: str | None = None) -> Transformer:
    """Return a transformer that attends to the modality `source`, or to a fused signal."""
    to_fused = settings.self_attention_dropout
    dropout = settings.attention_dropout.get(source, 0) if source else to_fused
    return Transformer(settings.width, settings.layers, dropout, settings)


def self_attention(settings: CrossModalSettings, sequences: int) -> Transformer:
    """Return a transformer in which `sequences` of them, joined along their width, self-attend."""
    width = sequences * settings.width
    return Transformer(width, settings.self_layers, settings.self_attention_dropout, settings)
