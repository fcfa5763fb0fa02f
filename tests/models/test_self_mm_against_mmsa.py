"""Self-MM beside MMSA 2.2.1's: the same weights give the same predictions and move labels alike.

The states of the text are given, in place of BERT. MMSA sums the gradients of two batches where we
take their mean, so its decay is halved here.
"""

import pytest
import torch

from evenfuse.balancers.none import Balancer
from evenfuse.batching.corpus import Batch, Corpus
from evenfuse.models.self_mm import Model, Objective
from evenfuse.nn.objective import Task
from evenfuse.settings.models.self_mm import Settings
from evenfuse.settings.run import OptimizerSettings
from evenfuse.training.optimizers import build_optimizer, build_schedule
from evenfuse.training.step import Step
from tests.models.mmsa import Golden, golden, take_over
from tests.models.parts import frames

WIDTHS = {"text": 16, "audio": 5, "video": 7}
SETTINGS = Settings(
    name="self_mm",
    widths={"text": None, "audio": 3, "video": 4},
    lstm_sizes={"audio": 4, "video": 6},
    post_dim=12,
    head_widths={"text": 8, "audio": 5, "video": 6},
    head_dropouts=dict.fromkeys(WIDTHS, 0.0),
)
SUBNETWORK = {"learning_rate": 5e-2, "weight_decay": 0.01}
OPTIMIZER = OptimizerSettings(
    learning_rate=1e-2,
    groups={
        f"{part}.{name}": SUBNETWORK
        for part in ("encoders", "projections")
        for name in ("audio", "video")
    },
)
TWO_BY_TWO = torch.arange(8).split(2)


def head(ours: str, theirs: str) -> dict[str, str]:
    """The names of a head's three maps: ours -> theirs."""
    parts = ("first.1", "others.0", "others.2")
    return {f"{ours}{part}": f"post_{theirs}_layer_{i}" for i, part in enumerate(parts, 1)}


PARTS = {
    **{f"encoders.{name}.lstm": f"{name}_model.rnn" for name in ("audio", "video")},
    **{f"projections.{name}": f"{name}_model.linear_1" for name in ("audio", "video")},
    **head("head.", "fusion"),
}
HEADS = {ours: theirs for name in WIDTHS for ours, theirs in head(f"{name}.", name).items()}


@pytest.fixture
def given() -> Golden:
    return golden("self_mm")


@pytest.fixture
def model(given: Golden) -> Model:
    made = Model(SETTINGS, frames(WIDTHS), 1)
    take_over(made, given.weights, PARTS)
    return made


@pytest.fixture
def objective(given: Golden, model: Model) -> Objective:
    train = Corpus([str(i) for i in range(8)], {}, given.inputs["labels"])
    made = Objective(SETTINGS, Task("l1"), model, train)
    take_over(made.heads, given.weights, HEADS)
    return made


def part(batch: Batch, index: torch.Tensor) -> Batch:
    sequences = {name: values[index] for name, values in batch.sequences.items()}
    lengths = {name: values[index] for name, values in batch.lengths.items()}
    return Batch(sequences, lengths, batch.labels[index], index)


def test_same_weights_same_predictions(given: Golden, model: Model) -> None:
    predicted = model(given.batch(*WIDTHS)).prediction
    torch.testing.assert_close(predicted, given.expected("outside"), rtol=1e-5, atol=1e-5)


def test_same_weights_same_predictions_of_each_modality(
    given: Golden, model: Model, objective: Objective
) -> None:
    output = model(given.batch(*WIDTHS))
    for (name, own), z in zip(objective.heads.items(), output.representations, strict=True):
        expected = given.expected(f"alone.{name}")
        torch.testing.assert_close(own(z)[1], expected, rtol=1e-5, atol=1e-5)


def test_two_epochs_move_the_labels_and_train_the_model_alike(
    given: Golden, model: Model, objective: Objective
) -> None:
    optimizer = build_optimizer(
        OPTIMIZER, [*model.named_parameters(), *objective.named_parameters("objective")]
    )
    schedule = build_schedule(OPTIMIZER, optimizer, 4)
    step = Step(
        *(model, objective, Balancer(model.fusion_weights), optimizer, schedule, OPTIMIZER),
        precision="float32",
    )
    whole = given.batch(*WIDTHS)
    for epoch in (1, 2):
        objective.before_epoch(epoch)
        for pair in (TWO_BY_TWO[:2], TWO_BY_TWO[2:]):
            step([part(whole, index) for index in pair])
    for row, name in zip(objective.labels.labels, WIDTHS, strict=True):
        expected = given.outputs[f"labels.{name}"]
        assert (expected - whole.labels[:, 0]).abs().max() > 0.3
        torch.testing.assert_close(row, expected, rtol=1e-4, atol=1e-4)
    predicted = model(whole).prediction
    assert (given.expected("trained") - given.expected("outside")).abs().max() > 0.05
    torch.testing.assert_close(predicted, given.expected("trained"), rtol=1e-4, atol=1e-4)
