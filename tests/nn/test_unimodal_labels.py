"""Generated labels, worked by hand: four segments, features two wide, labels within 3."""

import pytest
import torch
from torch import Tensor, tensor

from evenfuse.batching.corpus import Batch
from evenfuse.errors import EvenfuseError
from evenfuse.nn.unimodal_labels import GeneratedLabels, HumanLabels, weights_of
from evenfuse.settings.models.self_mm import Settings

TRUTH = tensor([2.0, 1, -1, -2])
TOGETHER = tensor([[3.0, 0], [2, 0], [-1, 0], [-2, 1]])
ALONE = tensor([[1.0, 1], [0, 2], [0, -1], [-2, 0]])
# what the second epoch gives, and the labels after it
SECOND = (
    tensor([[2.0, 1], [1, 0], [-2, 0], [-1, -1]]),
    tensor([[1.0, 0], [-1, 1], [-1, -1], [0, 1]]),
)
AFTER_SECOND = [0.807533, 0.391889, -0.989532, 1.198013]
ALL = torch.arange(4)


def labels(truth: Tensor = TRUTH, alone: Tensor = ALONE, **settings: object) -> GeneratedLabels:
    """Labels of one modality after the first epoch, at the beginning of the second."""
    made = GeneratedLabels(Settings(name="self_mm", **settings), truth, [2, 2])
    made.begin_epoch(1)
    made.take(torch.arange(len(truth)), [TOGETHER[: len(truth)], alone])
    made.begin_epoch(2)
    return made


def check(made: GeneratedLabels, expected: list[float]) -> None:
    torch.testing.assert_close(made.labels, tensor([expected]), rtol=0, atol=2e-6)


def test_the_first_epoch_moves_no_label() -> None:
    check(labels(), TRUTH.tolist())


def test_the_second_epoch_moves_them_by_two_thirds() -> None:
    made = labels()
    made.take(ALL, SECOND)
    check(made, AFTER_SECOND)
    weights = weights_of(made.labels, TRUTH)[0].tolist()
    assert weights == pytest.approx([0.831342, 0.542796, 0.010468, 0.996669], abs=2e-6)


def test_centres_move_from_batch_to_batch() -> None:
    made = labels()
    for index in ALL.split(2):
        made.take(index, [features[index] for features in SECOND])
    check(made, [0.807533, 0.391889, -0.941987, 1.333333])
    assert made.clamped.tolist() == [1]


def test_squared_distances() -> None:
    made = labels(distance="squared")
    made.take(ALL, SECOND)
    check(made, [-1.333333, -0.013943, -0.996813, 1.333333])
    assert made.clamped.tolist() == [2]


def test_the_third_epoch_moves_them_by_half_and_counts_anew() -> None:
    made = labels()
    made.take(ALL, SECOND)
    made.clamped += 1
    made.begin_epoch(3)
    assert made.clamped.tolist() == [0]
    together = tensor([[2.0, 0], [1, 1], [-1, 0], [-2, -1]])
    made.take(ALL, [together, tensor([[1.0, 1], [0, 1], [-1, 0], [-1, -1]])])
    check(made, [0.534997, 1.549152, -0.664193, -0.561438])


def test_segments_are_found_by_their_numbers() -> None:
    made, order = labels(), tensor([2, 0, 3, 1])
    made.take(order, [features[order] for features in SECOND])
    check(made, AFTER_SECOND)


def centres(zero: str) -> list[list[float]]:
    made = labels(tensor([2.0, 0, 0, -2]), zero=zero)
    return made._centres(ALONE, made.labels[0]).tolist()


def test_zero_counts_towards_neither_centre_or_towards_the_positive_one() -> None:
    assert centres("neither") == [[1, 1], [-2, 0]]
    assert centres("positive")[0] == pytest.approx([1 / 3, 2 / 3])
    assert centres("positive")[1] == [-2, 0]


@pytest.mark.parametrize("truth", [[1.0, 2, 3, 1], [0.0, 0, 0, 0]])
def test_without_a_centre_labels_stay(truth: list[float]) -> None:
    made = labels(tensor(truth))
    made.take(ALL, SECOND)
    check(made, truth)
    assert made.features.isfinite().all()


def test_one_modality_without_a_centre_holds_no_other_back() -> None:
    made = GeneratedLabels(Settings(name="self_mm"), TRUTH, [2, 2, 2])
    made.take(ALL, [TOGETHER, ALONE, ALONE])
    made.labels[1] = 1.0
    made.begin_epoch(2)
    made.take(ALL, [*SECOND, SECOND[1]])
    torch.testing.assert_close(made.labels[0], tensor(AFTER_SECOND), rtol=0, atol=2e-6)
    assert (made.labels[1] == 1).all()


def test_segments_that_were_never_seen_are_in_no_centre() -> None:
    made = GeneratedLabels(Settings(name="self_mm"), torch.cat([TRUTH, tensor([3.0])]), [2, 2])
    made.take(ALL, [TOGETHER, ALONE])
    made.begin_epoch(2)
    made.take(ALL, SECOND)
    check(made, [*AFTER_SECOND, 3])
    assert made.summary()["label"].tolist() == pytest.approx([sum(AFTER_SECOND) / 4], abs=1e-6)


def test_the_history_has_their_mean_deviation_weight_and_how_many_were_clamped() -> None:
    made = labels(distance="squared")
    made.take(ALL, SECOND)
    found = {name: value.item() for name, value in made.summary().items()}
    moved = made.labels[0]
    assert found == pytest.approx(
        {
            "label": moved.mean().item(),
            "deviation_of_label": moved.var(correction=0).sqrt().item(),
            "weight_of_label": (moved - TRUTH).abs().tanh().mean().item(),
            "clamped": 2,
        }
    )


def test_human_labels_are_those_of_the_modalities_in_their_order() -> None:
    given = tensor([[0.0, 0.1, 0.2, 0.3], [1.0, 1.1, 1.2, 1.3]])
    batch = Batch({}, {}, given, ALL[:2])
    found = HumanLabels(["video", "vectors"], 4)(batch)
    assert found.tolist() == given[:, [3, 1]].T.tolist()


@pytest.mark.parametrize(
    ("modalities", "there", "told"),
    [
        (["text"], 1, "found only 1 per segment: set model.labels to generated"),
        (["pose"], 4, "unknown modality with labels 'pose'; choose from: text, vectors, audio"),
    ],
)
def test_human_labels_that_are_not_there_are_refused(
    modalities: list[str], there: int, told: str
) -> None:
    with pytest.raises(EvenfuseError) as caught:
        HumanLabels(modalities, there)
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)
