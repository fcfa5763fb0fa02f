"""MAG-BERT: Rahman, Hasan, Lee, Zadeh, Mao, Morency and Hoque (ACL 2020, arXiv 1908.05787)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.model import Output
from evenfuse.nn.readers import Reader
from evenfuse.nn.word_aligned import WordAligned
from evenfuse.settings.models.mag_bert import Settings

NORM_EPS = 1e-6


class Model(WordAligned):
    """BERT whose tokens are shifted by their words' other modalities; its pooler, then a map."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers)
        width, config = self.tokens.width, self.tokens.config
        if settings.layer > config.num_hidden_layers:
            raise EvenfuseError(
                f"the setting model.layer is {settings.layer}, but the text encoder has only "
                f"{config.num_hidden_layers} layers"
            )
        self.layer = settings.layer
        features = {name: readers[name].width for name in self.beside_text}
        self.gate = Gate(width, features, settings.beta, settings.dropout)
        # torch's own dropout, which draws as the BERT classifiers of transformers do
        self.head = nn.Sequential(nn.Dropout(config.hidden_dropout_prob), nn.Linear(width, outputs))
        for part in (self.gate, self.head):
            _start_like_bert(part, config.initializer_range)

    def forward(self, batch: Batch) -> Output:
        """Predict a batch."""
        rows = {name: self.rows_at_tokens(batch, name) for name in self.beside_text}
        shifts = {self.layer: lambda states: self.gate(states, rows)}
        states = self.tokens(batch.sequences["text"], batch.lengths["text"], shifts)
        return Output(self.head(self.tokens.pool(states)))


class Gate(nn.Module):
    """The multimodal adaptation gate: a shift by gated maps of other modalities, sec. 3.1.

    `features` are the widths of their rows.
    """

    def __init__(self, width: int, features: Mapping[str, int], beta: float, dropout: float):
        super().__init__()
        self.gates = nn.ModuleDict(
            {name: nn.Linear(k + width, width) for name, k in features.items()}
        )
        self.shifts = nn.ModuleDict({name: nn.Linear(k, width) for name, k in features.items()})
        self.beta = beta
        self.norm = nn.LayerNorm(width)
        self.dropout = Dropout(dropout)

    def forward(self, states: Tensor, rows: Mapping[str, Tensor]) -> Tensor:
        """Shift states (batch, token, width), each by at most `beta` times its own length."""
        shift = torch.stack([self._shift(states, name, row) for name, row in rows.items()]).sum(0)
        longest = self.beta * torch.linalg.vector_norm(states, dim=2, keepdim=True)
        length = torch.linalg.vector_norm(shift, dim=2, keepdim=True)
        scale = (longest / (length + NORM_EPS)).clamp(max=1)
        shifted: Tensor = self.dropout(self.norm(states + scale * shift))
        return shifted

    def _shift(self, states: Tensor, modality: str, row: Tensor) -> Tensor:
        gate = self.gates[modality](torch.cat([row, states], dim=2)).relu()
        shift: Tensor = gate * self.shifts[modality](row)
        return shift


def _start_like_bert(part: nn.Module, deviation: float) -> None:
    for module in part.modules():
        if isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, std=deviation)
            nn.init.zeros_(module.bias)
