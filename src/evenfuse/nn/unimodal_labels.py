"""Labels of single modalities, human or generated, as Self-MM trains on."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError, choose
from evenfuse.settings.models.self_mm import Settings

COLUMNS = {"text": 1, "vectors": 1, "audio": 2, "video": 3}  # of CH-SIMS's labels
EPS = 1e-8


class UnimodalLabels(nn.Module, ABC):
    """A label of each modality alone for every training segment."""

    @abstractmethod
    def forward(self, batch: Batch) -> Tensor:
        """Return the labels (modality, batch) of a batch."""

    def begin_epoch(self, epoch: int) -> None:
        """Called before each epoch; the first is number 1."""

    def take(self, index: Tensor, features: Sequence[Tensor]) -> None:
        """Called after a step with the features (batch, width) of the segments `index`.

        Those of all modalities together come first, then those of each.
        """

    def summary(self) -> dict[str, Tensor]:
        """Return numbers (modality,) on an epoch, for the history."""
        return {}


class HumanLabels(UnimodalLabels):
    """Those that the corpus has."""

    def __init__(self, modalities: Sequence[str], there: int):
        """Raise EvenfuseError if the corpus, with labels in `there` columns, has none."""
        super().__init__()
        self.columns = [choose("modality with labels", name, COLUMNS) for name in modalities]
        if there < len(set(COLUMNS.values())) + 1:
            raise EvenfuseError(
                "with model.labels 'human', a segment needs labels of its text, audio and video "
                f"beside that of all together, as in CH-SIMS; found only {there} per segment: set "
                "model.labels to generated"
            )

    def forward(self, batch: Batch) -> Tensor:
        """Return the labels (modality, batch) of a batch."""
        return batch.labels[:, self.columns].T


class GeneratedLabels(UnimodalLabels):
    """Those that the features tell, in the light of the labels of all modalities together.

    Features lean towards positive or negative as they lie nearer to the centre, the mean features,
    of the positive or of the negative segments. Where those of a modality lean otherwise than those
    of all together do, its label moves there.

    `truth` (segment,) are the labels of all together, which never change. `widths` are those of the
    features, of all together first.
    """

    truth: Tensor
    labels: Tensor
    features: Tensor
    stored: Tensor
    clamped: Tensor

    def __init__(self, settings: Settings, truth: Tensor, widths: Sequence[int]):
        super().__init__()
        self.settings = settings
        self.widths = list(widths)
        segments, modalities = len(truth), len(widths) - 1
        self.register_buffer("truth", truth.clone())
        self.register_buffer("labels", truth.repeat(modalities, 1))
        self.register_buffer("features", torch.zeros(segments, sum(widths)))
        self.register_buffer("stored", torch.zeros(segments, dtype=torch.bool))
        self.register_buffer("clamped", torch.zeros(modalities))
        self.epoch = 0

    def forward(self, batch: Batch) -> Tensor:
        """Return the labels (modality, batch) of a batch, as they are now."""
        return self.labels[:, batch.index]

    def begin_epoch(self, epoch: int) -> None:
        """Take note of the epoch, by whose number labels move less and less."""
        self.epoch = epoch
        self.clamped.zero_()

    @torch.no_grad()
    def take(self, index: Tensor, features: Sequence[Tensor]) -> None:
        """Move the labels of these segments, from the second epoch on, then store the features."""
        if self.epoch > 1:
            self._move(index, features)
        self.features[index] = torch.cat(list(features), dim=1)
        self.stored[index] = True

    def summary(self) -> dict[str, Tensor]:
        """Return mean and deviation of the labels, their mean weight, how many were clamped."""
        labels = self.labels[:, self.stored]
        return {
            "label": labels.mean(dim=1),
            "deviation_of_label": labels.std(dim=1, correction=0),
            "weight_of_label": weights_of(labels, self.truth[self.stored]).mean(dim=1),
            "clamped": self.clamped,
        }

    def _move(self, index: Tensor, features: Sequence[Tensor]) -> None:
        tables = self.features.split(self.widths, dim=1)
        rows = zip(tables, [self.truth, *self.labels], features, strict=True)
        leanings = torch.stack([self._leaning(*row) for row in rows])
        together, alone, truth = leanings[0], leanings[1:], self.truth[index]
        new = (alone / (together + EPS) * truth + truth + alone - together) / 2
        limit, old = self.settings.limit, self.labels[:, index]
        moved = old.lerp(new.clamp(-limit, limit), 2 / (self.epoch + 1))
        # without positive or negative segments there is no centre, and the labels stay
        self.labels[:, index] = torch.where(new.isnan(), old, moved)
        self.clamped += (new.abs() > limit).sum(dim=1)

    def _leaning(self, table: Tensor, labels: Tensor, features: Tensor) -> Tensor:
        """Return alpha (batch,): how much nearer the positive centre is, relative to itself."""
        centres = self._centres(table, labels)
        positive, negative = (self._distance(features, centre) for centre in centres)
        return (negative - positive) / (positive + EPS)

    def _distance(self, features: Tensor, centre: Tensor) -> Tensor:
        plain: Tensor = torch.linalg.vector_norm(features - centre, dim=1)
        return plain.square() if self.settings.distance == "squared" else plain

    def _centres(self, table: Tensor, labels: Tensor) -> Tensor:
        """Return the mean features (2, width) of positive and of negative segments, or NaN."""
        above = labels >= 0 if self.settings.zero == "positive" else labels > 0
        members = (torch.stack([above, labels < 0]) & self.stored).to(table)
        sums: Tensor = members @ table
        return sums / members.sum(dim=1, keepdim=True)


def weights_of(labels: Tensor, truth: Tensor) -> Tensor:
    """Return W of labels of single modalities: the further from the one of all, the higher."""
    return (labels - truth).abs().tanh()
