"""Self-MM: a head per modality beside the one for all, losses by hand, sizes as published."""

from dataclasses import replace

import pytest
import torch
from torch import nn, tensor

from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.errors import EvenfuseError
from evenfuse.models.self_mm import Model, Objective
from evenfuse.nn.objective import Losses, Task
from evenfuse.settings.models.self_mm import Settings
from tests.models.conftest import Make
from tests.models.parts import batch, count, frames
from tests.models.small import SMALL, WIDTHS

FEATURES = {"audio": 3, "video": 4}
SMALL_SETTINGS = Settings(name="self_mm", **SMALL["self_mm"])


def built(
    features: dict[str, int], settings: Settings = SMALL_SETTINGS, segments: int = 4
) -> tuple[Model, Objective]:
    """Both, for a training split whose labels are 1 and -1 in turns."""
    torch.manual_seed(0)
    model = Model(settings, frames(features), 1)
    labels = (-1.0) ** torch.arange(segments)[:, None]
    train = Corpus([str(i) for i in range(segments)], {}, labels)
    return model, Objective(settings, Task("l1"), model, train)


@pytest.mark.parametrize(
    ("audio", "video", "changed", "expected"),
    [
        (5, 20, {}, 159_332),
        (74, 35, {}, 165_668),
        (
            *(33, 709),
            {
                "lstm_sizes": {"audio": 16, "video": 64},
                "head_widths": {"text": 64, "audio": 16, "video": 32},
            },
            381_380,
        ),
    ],
)
def test_size_is_that_of_the_public_class_without_bert(
    audio: int, video: int, changed: dict[str, object], expected: int
) -> None:
    features = {"text": 768, "audio": audio, "video": video}
    model, objective = built(features, Settings(name="self_mm", **changed))
    assert count(model) + count(objective) == expected


class Told(nn.Module):
    """A head that gives the same numbers whatever it is given."""

    def __init__(self, numbers: list[float]):
        super().__init__()
        self.numbers = tensor(numbers)[:, None]

    def forward(self, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return states, self.numbers


def test_losses_worked_by_hand() -> None:
    _, objective = built({"audio": 3})
    objective.heads = nn.ModuleDict({"audio": Told([1.0, 1, 0, -1])})
    objective.labels.labels[:] = tensor([[0.807533, 0.391889, -0.989532, 1.198013]])
    given = replace(batch({"audio": 3}), labels=tensor([[2.0], [1], [-1], [-2]]))
    output = built({"audio": 3})[0](given)
    losses = objective(replace(output, prediction=tensor([[1.5], [1], [-0.5], [-2]])), given)
    assert losses.task.item() == pytest.approx(0.25)
    assert losses.auxiliary["audio"].item() == pytest.approx(0.672784, abs=2e-6)


def epochs(model: Model, objective: Objective, number: int) -> Losses:
    """Compute one batch of all segments in each epoch; return the losses of the last."""
    given = replace(batch(FEATURES), labels=(-1.0) ** torch.arange(4)[:, None])
    for epoch in range(1, number + 1):
        objective.before_epoch(epoch)
        losses = objective(model(given), given)
        objective.after_step(model)
    return losses


@pytest.mark.parametrize("number", [1, 2])
def test_heads_get_no_gradient_in_the_first_two_epochs(number: int) -> None:
    model, objective = built(FEATURES)
    losses = epochs(model, objective, number)
    assert [loss.item() for loss in losses.auxiliary.values()] == [0, 0]
    sum([losses.task, *losses.auxiliary.values()]).backward()
    # none at all: with one of 0, the optimizer would shrink them by weight decay
    assert all(parameter.grad is None for parameter in objective.parameters())
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_heads_get_a_gradient_from_the_third_epoch_on() -> None:
    model, objective = built(FEATURES)
    losses = epochs(model, objective, 3)
    assert all(loss > 0 for loss in losses.auxiliary.values())
    sum(losses.auxiliary.values()).backward()
    assert all(p.grad is not None and p.grad.any() for p in objective.parameters())
    assert not any(p.grad is not None for p in model.head.parameters())
    assert all(p.grad is not None for p in model.projections.parameters())


def test_a_modality_whose_labels_stay_has_no_gradient() -> None:
    model, objective = built(FEATURES)
    epochs(model, objective, 2)
    objective.labels.labels[1] = objective.labels.truth
    losses = epochs(model, objective, 1)
    sum(losses.auxiliary.values()).backward()
    assert all(p.grad is not None for p in objective.heads["audio"].parameters())
    assert all(p.grad is None for p in objective.heads["video"].parameters())


def test_heads_see_the_modalities_without_their_fusion_weights() -> None:
    losses = []
    for weight in (1.0, 0.3):
        model, objective = built(FEATURES)
        model.fusion_weights.fill_(weight)
        epochs(model, objective, 2)
        objective.labels.labels.copy_(tensor([[0.0, 1, 2, 3], [1, 1, 0, 0]]))
        losses.append(epochs(model, objective, 1))
    assert losses[0].auxiliary == losses[1].auxiliary
    assert losses[0].task != losses[1].task


def test_what_is_stored_is_what_each_first_map_gives() -> None:
    model, objective = built(FEATURES)
    epochs(model, objective, 1)
    given = batch(FEATURES)
    z = model.represent(given)
    expected = [
        model.head.first(torch.cat(z, dim=1)),
        *(head.first(each) for head, each in zip(objective.heads.values(), z, strict=True)),
    ]
    assert torch.equal(objective.labels.features, torch.cat(expected, dim=1))


def part(whole: Batch, index: torch.Tensor) -> Batch:
    sequences = {name: values[index] for name, values in whole.sequences.items()}
    lengths = {name: values[index] for name, values in whole.lengths.items()}
    return Batch(sequences, lengths, whole.labels[index], index)


def test_batches_of_one_step_move_the_labels_in_turn() -> None:
    whole = replace(batch(FEATURES, 6), labels=(-1.0) ** torch.arange(6)[:, None])
    halves = [part(whole, index) for index in torch.arange(6).split(3)]
    found = []
    for steps in ([halves], [[half] for half in halves]):
        model, objective = built(FEATURES, segments=6)
        for epoch in (1, 2):
            objective.before_epoch(epoch)
            for step in steps:
                for half in step:
                    objective(model(half), half)
                objective.after_step(model)
        found.append(objective.labels.labels)
    assert (found[0] != objective.labels.truth).all()
    assert torch.equal(*found)


def test_no_last_map_of_the_text_by_default(make: Make) -> None:
    widths = {**WIDTHS, "text": None}
    model, corpus, _ = make("self_mm", ["text", "audio"], widths=widths)
    given = corpus.batch(torch.arange(3))
    assert model.projection_weights() == []
    states, _ = model.eval().read(given, "text")
    assert torch.equal(model.represent(given)[0], states[:, 0])
    assert model.widths() == [states.shape[2], WIDTHS["audio"]]


def test_more_than_one_output_is_refused() -> None:
    with pytest.raises(EvenfuseError, match=r"predicts one number per segment, .* ask for 4$"):
        Model(SMALL_SETTINGS, frames(FEATURES), 4)


@pytest.mark.parametrize("setting", ["widths", "lstm_sizes", "head_widths", "head_dropouts"])
def test_a_modality_without_a_setting_is_told(setting: str) -> None:
    per_modality = ("widths", "lstm_sizes", "head_widths", "head_dropouts")
    known = {name: {"text": 1, "pose": 1} for name in per_modality}
    settings = SMALL_SETTINGS.model_copy(update={**known, setting: {"text": 1}})
    with pytest.raises(EvenfuseError) as caught:
        settings.check_modalities(["text", "pose"])
    assert str(caught.value) == (
        f"self_mm has nothing for the modality 'pose' in {setting}: set model.{setting}.pose"
    )
