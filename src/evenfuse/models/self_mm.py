"""Self-MM: Yu, Xu, Yuan and Wu (AAAI 2021, arXiv 2102.04830)."""

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.errors import EvenfuseError
from evenfuse.nn import objective
from evenfuse.nn.dropout import Dropout
from evenfuse.nn.encoders import Encoder, LstmEncoder, pooled_text
from evenfuse.nn.late_fusion import LateFusion, weighted
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.objective import Losses, Task
from evenfuse.nn.readers import Reader
from evenfuse.nn.unimodal_labels import GeneratedLabels, HumanLabels, UnimodalLabels, weights_of
from evenfuse.settings.models.self_mm import Settings


class Head(nn.Module):
    """Three maps to one number; what the first gives are the features of label generation."""

    def __init__(self, inputs: int, width: int, dropout: float):
        super().__init__()
        self.width = width
        self.first = nn.Sequential(Dropout(dropout), nn.Linear(inputs, width), nn.ReLU())
        self.others = nn.Sequential(nn.Linear(width, width), nn.ReLU(), nn.Linear(width, 1))

    def forward(self, states: Tensor) -> tuple[Tensor, Tensor]:
        """Return the features F* (batch, width) and a prediction (batch, 1)."""
        features: Tensor = self.first(states)
        return features, self.others(features)


class Model(LateFusion):
    """BERT's state and the last states of LSTMs, side by side, below a head of three maps."""

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        if outputs != 1:
            raise EvenfuseError(
                f"the model {settings.name} predicts one number per segment, which is negative or "
                f"positive, but the metrics of this dataset ask for {outputs}"
            )
        encoders = {name: _encoder(settings, name, reader) for name, reader in readers.items()}
        super().__init__(readers, encoders, settings.widths)
        self.head = Head(sum(self.widths()), settings.post_dim, settings.post_dropout)

    def fuse(self, representations: list[Tensor], weights: Tensor) -> Output:
        """Predict from [w_i Z_i]."""
        features, prediction = self.head(torch.cat(weighted(representations, weights), dim=1))
        return Output(prediction, parts={"features": features})


class Objective(objective.Objective):
    """A head per modality, which learns labels of its own from Z_i, without the fusion weights.

    The loss of a segment weighs tanh of how far its label is from that of all modalities together.
    Generated labels start as the latter. They move after a step, from the second epoch on, so the
    heads learn from the third on.
    """

    def __init__(self, settings: Settings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        assert isinstance(model, Model)
        sizes = zip(model.modalities, model.widths(), strict=True)
        heads = {
            name: Head(width, settings.head_widths[name], settings.head_dropouts[name])
            for name, width in sizes
        }
        self.heads = nn.ModuleDict(heads)
        widths = [model.head.width, *(head.width for head in heads.values())]
        self.labels: UnimodalLabels = (
            GeneratedLabels(settings, train.labels[:, 0], widths)
            if settings.labels == "generated"
            else HumanLabels(model.modalities, train.labels.shape[1])
        )
        self.seen: list[tuple[Tensor, list[Tensor]]] = []

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the task's loss and one per modality."""
        given = zip(self.heads.values(), output.representations, strict=True)
        features, told = zip(*(head(z) for head, z in given), strict=True)
        self.seen.append((batch.index, [f.detach() for f in (output.parts["features"], *features)]))
        labels = self.labels(batch)
        rows = zip(weights_of(labels, batch.labels[:, 0]), told, labels, strict=True)
        losses = [
            _weighed(weights, self.task.per_segment(prediction, label[:, None]))
            for weights, prediction, label in rows
        ]
        task = self.task(output.prediction, batch.labels)
        return Losses(task, dict(zip(self.heads, losses, strict=True)))

    def before_epoch(self, epoch: int) -> None:
        """Tell the labels, which move by the number of the epoch."""
        self.labels.begin_epoch(epoch)

    def after_step(self, model: SentimentModel) -> None:
        """Show the labels what each batch of the step has given, one batch after the other."""
        for index, features in self.seen:
            self.labels.take(index, features)
        self.seen.clear()

    def after_epoch(self) -> dict[str, Tensor]:
        """Return numbers per modality on the labels."""
        return self.labels.summary()


def _weighed(weights: Tensor, losses: Tensor) -> Tensor:
    """Return the mean of weighed losses, or a constant where all weights are 0.

    A constant gives no gradient, not even one of 0, so the optimizer leaves the head alone: with a
    gradient of 0, Adam's weight decay would shrink the head until its labels have moved.
    """
    return (weights * losses).mean() if weights.any() else losses.new_zeros(())


def _encoder(settings: Settings, modality: str, reader: Reader) -> Encoder:
    if modality == "text":
        return pooled_text(reader.width, settings.text_pooling)
    return LstmEncoder(reader.width, settings.lstm_sizes[modality])
