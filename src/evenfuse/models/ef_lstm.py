"""EF-LSTM: early fusion by one LSTM over the concatenated rows of all modalities."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.nn.encoders import LstmEncoder
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.readers import Reader
from evenfuse.settings.models.ef_lstm import Settings


class Model(SentimentModel):
    """An LSTM over [x_i] (batch, time, sum of the widths), then two linear maps."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers)
        features = sum(reader.width for reader in readers.values())
        size, dropout = settings.hidden_size, settings.dropout
        self.encoder = LstmEncoder(features, size, settings.layers, dropout)
        self.head = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(size, size),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(size, outputs),
        )

    def forward(self, batch: Batch) -> Output:
        """Predict a batch whose modalities are aligned: row i is the same word in all of them.

        Raises:
            EvenfuseError: if the modalities of a segment differ in their number of rows.
        """
        self._check_rows(batch.lengths)
        read = [self.read(batch, name) for name in self.modalities]
        states = torch.cat([states for states, _ in read], dim=2)
        return Output(self.head(self.encoder(states, read[0][1])))

    def _check_rows(self, lengths: Mapping[str, Tensor]) -> None:
        first, *others = self.modalities
        for other in others:
            if not torch.equal(lengths[first], lengths[other]):
                where = (lengths[first] != lengths[other]).nonzero()[0]
                raise EvenfuseError(
                    "ef_lstm joins the modalities word by word, but a segment has "
                    f"{int(lengths[first][where])} rows of {first} and "
                    f"{int(lengths[other][where])} of {other}; use aligned data"
                )
