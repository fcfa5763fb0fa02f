"""A model with momentum distillation, after Li and Wu (Journal of Jiamusi University, 2024).

Only its abstract is public. It fixes the parts; how they are built is our reading, which follows
ALBEF (arXiv 2107.07651) where the abstract says nothing (docs/momentum.md).
"""

from collections.abc import Mapping
from itertools import permutations
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.errors import EvenfuseError
from evenfuse.nn import objective
from evenfuse.nn.contrast import (
    Comparison,
    KeyQueue,
    contrast,
    same_polarity,
    same_segment,
    soft_targets,
)
from evenfuse.nn.guided_network import GuidedNetwork
from evenfuse.nn.model import Output, SentimentModel
from evenfuse.nn.moving_average import follow, teacher_of
from evenfuse.nn.objective import Losses, Task
from evenfuse.nn.readers import Reader
from evenfuse.nn.sequences import States
from evenfuse.settings.models.momentum import Settings, guide_of

TEMPERATURES = (0.001, 0.5)  # ALBEF's bounds


class Model(SentimentModel):
    """A network that predicts, and its teacher, the moving average of it."""

    teacher: GuidedNetwork | None

    def __init__(self, settings: Settings, readers: Mapping[str, Reader], outputs: int):
        super().__init__(readers)
        self.settings = settings
        widths = {name: reader.width for name, reader in readers.items()}
        self.student = GuidedNetwork(settings, widths, outputs)
        self.teacher = teacher_of(self.student) if settings.teacher else None
        own = settings.teacher and settings.teacher_text == "own" and "text" in readers
        self.teacher_text = teacher_of(readers["text"]) if own else None

    def forward(self, batch: Batch) -> Output:
        """Predict a batch; in training, the parts are (modality, batch, width)."""
        sequences = {name: States(*self.read(batch, name)) for name in self.modalities}
        if not self.training:
            return self._evaluated(batch, sequences)
        encoded = self.student.encode(sequences)
        parts = {"pooled": torch.stack([each.pooled for each in encoded.values()])}
        if self.settings.taught:
            parts |= self._taught(batch, sequences)
        return Output(self.student.fuse(encoded), parts=parts)

    def train(self, mode: bool = True) -> Self:
        """Switch the mode of all but the teacher, which drops nothing."""
        super().train(mode)
        for part in (self.teacher, self.teacher_text):
            if part is not None:
                part.eval()
        return self

    def follow(self, momentum: float) -> None:
        """Move the teacher towards the student."""
        if self.teacher is not None:
            follow(self.teacher, self.student, momentum)
        if self.teacher_text is not None:
            follow(self.teacher_text, self.readers["text"], momentum)

    def _evaluated(self, batch: Batch, sequences: dict[str, States]) -> Output:
        predictions = {"student": self.student(sequences)}
        if self.teacher is not None:
            predictions["teacher"] = self.teacher(self._read_by_teacher(batch, sequences))
        return Output(predictions.pop(self.settings.evaluate), others=predictions)

    def _read_by_teacher(self, batch: Batch, sequences: dict[str, States]) -> dict[str, States]:
        """Put what the teacher's own BERT reads, if it has one, in place of the student's."""
        if self.teacher_text is None:
            return sequences
        lengths = batch.lengths["text"]
        own = self.teacher_text(batch.sequences["text"], lengths)
        return {**sequences, "text": States(own, lengths)}

    @torch.no_grad()
    def _taught(self, batch: Batch, sequences: dict[str, States]) -> dict[str, Tensor]:
        assert self.teacher is not None
        encoded = self.teacher.encode(self._read_by_teacher(batch, sequences))
        parts = {"taught": torch.stack([each.pooled for each in encoded.values()])}
        if self.settings.distil_prediction:
            parts["taught_prediction"] = self.teacher.fuse(encoded)
        return parts


class Objective(objective.Objective):
    """Contrast between modalities, by polarity, with targets that the teacher softens.

    Queue, temperature and the teacher's maps are state of the training, not of the model.
    """

    segments: Tensor
    steps: Tensor

    def __init__(self, settings: Settings, task: Task, model: SentimentModel, train: Corpus):
        super().__init__(settings, task, model, train)
        if task.name == "bce" and settings.polarity != "none":
            raise EvenfuseError(
                "labels of yes and no have no polarity: give the model momentum polarity: none"
            )
        self.settings = settings
        number = len(model.modalities)
        guide = model.modalities.index(guide_of(model.modalities))
        every = settings.pairs == "all"
        self.pairs = [pair for pair in permutations(range(number), 2) if every or guide in pair]
        self.student = Comparison(
            number, settings.width, settings.contrast_width, settings.classifies
        )
        self.teacher = teacher_of(self.student) if settings.teacher else None
        self.queue = (
            KeyQueue(number, settings.queue, settings.contrast_width) if settings.teacher else None
        )
        start = torch.tensor(settings.temperature)
        self.temperature = nn.Parameter(start, requires_grad=settings.learn_temperature)
        self.rise = settings.alpha_epochs * len(train)
        self.register_buffer("segments", torch.tensor(0))
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, output: Output, batch: Batch) -> Losses:
        """Return the task's loss and those that the settings ask for, each with its weight."""
        settings, polarities = self.settings, self.polarities(batch.labels)
        losses: dict[str, Tensor] = {}
        if settings.contrast_weight:
            losses["contrast"] = settings.contrast_weight * self._contrast(output, polarities)
        if settings.classifies:
            losses["polarity"] = settings.polarity_weight * self._classified(output, polarities)
        if settings.distil_prediction:
            losses["distil"] = settings.distil_prediction * self._distilled(output, batch)
        logged = self._logged()
        self.segments += len(batch)
        return Losses(self.task(output.prediction, batch.labels), losses, logged)

    @torch.no_grad()
    def after_step(self, model: SentimentModel) -> None:
        """Move the teacher, and keep the temperature within its bounds."""
        assert isinstance(model, Model)
        self.temperature.clamp_(*TEMPERATURES)
        momentum = self.momentum()
        model.follow(momentum)
        if self.teacher is not None:
            follow(self.teacher, self.student, momentum)
        self.steps += 1

    def momentum(self) -> float:
        """Return the momentum of the next move; at the start the teacher is a random network."""
        done = int(self.steps)
        rising = (1 + done) / (10 + done) if self.settings.momentum_warmup else 1.0
        return min(self.settings.momentum, rising)

    def alpha(self) -> float:
        """Return the teacher's share of the targets: it rises with the segments seen."""
        if self.teacher is None:
            return 0.0
        risen = min(1.0, int(self.segments) / self.rise) if self.rise else 1.0
        return self.settings.alpha * risen

    def polarities(self, labels: Tensor) -> Tensor:
        """Return -1, 0 or 1 (batch,) from the first column of labels."""
        signs = labels[:, 0].sign()
        return signs.where(signs != 0, 1) if self.settings.neutral == "with_positive" else signs

    def targets(self, polarities: Tensor, of_keys: Tensor) -> Tensor:
        """Return the hard targets (batch, key); the keys of the batch come first."""
        own = same_segment(len(polarities), len(of_keys), polarities)
        if self.settings.polarity not in ("contrast", "both"):
            return own
        shared = same_polarity(polarities, of_keys)
        if self.settings.neutral == "without":
            return torch.where((polarities == 0)[:, None], own, shared)
        return shared

    def _logged(self) -> dict[str, Tensor]:
        """Return what this batch was trained with: alpha and temperature."""
        logged = {}
        if self.settings.taught:
            logged["alpha"] = self.temperature.new_tensor(self.alpha())
        if self.settings.contrast_weight:
            logged["temperature"] = self.temperature.detach().clone()
        return logged

    def _contrast(self, output: Output, polarities: Tensor) -> Tensor:
        """Return the mean over ordered pairs of modalities; put the batch's keys into the queue."""
        queries = self.student.compared(output.parts["pooled"])
        taught = queries.detach()
        if self.teacher is not None:
            taught = self.teacher.compared(output.parts["taught"])
        keys, of_keys = taught, polarities
        if self.queue is not None:
            keys, of_keys = self.queue.after(taught, polarities)
        hard, fixed = self.targets(polarities, of_keys), self.temperature.detach()
        losses = []
        for first, second in self.pairs:
            soft = soft_targets(taught[first], keys[second], hard, fixed, self.alpha())
            losses.append(contrast(queries[first], keys[second], soft, self.temperature))
        if self.queue is not None:
            self.queue.add(taught, polarities)
        return torch.stack(losses).mean()

    def _classified(self, output: Output, polarities: Tensor) -> Tensor:
        logits = self.student.logits(output.parts["pooled"])
        truth = one_hot((polarities + 1).long(), 3).to(logits).expand_as(logits)
        targets = truth
        if self.teacher is not None:
            taught = self.teacher.logits(output.parts["taught"]).softmax(dim=2)
            targets = self.alpha() * taught + (1 - self.alpha()) * truth
        counted = (
            polarities != 0 if self.settings.neutral == "without" else polarities == polarities
        )
        if not counted.any():
            return logits.sum() * 0
        return cross_entropy(logits[:, counted].flatten(0, 1), targets[:, counted].flatten(0, 1))

    def _distilled(self, output: Output, batch: Batch) -> Tensor:
        prediction, taught = output.prediction, output.parts["taught_prediction"]
        truth = batch.labels[:, : prediction.shape[1]]
        share = self.alpha()
        apart = (1 - share) * (prediction - truth).abs() + share * (prediction - taught).abs()
        return apart.mean()
