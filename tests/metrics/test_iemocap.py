"""Four emotions: worked by hand, against scikit-learn, and what is refused."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from evenfuse.errors import EvenfuseError
from evenfuse.metrics.iemocap import contributions, scores
from evenfuse.settings.metrics.iemocap import EMOTIONS, FAMILY

RNG = np.random.default_rng(0)
TRUTH = np.eye(4)[RNG.integers(4, size=200)]
LOGITS = RNG.normal(size=(200, 4)) + TRUTH


def test_worked_by_hand() -> None:
    truth = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]], float)
    logits = np.array([[2, 1, -1, -1], [-1, 3, -1, -1], [0.5, 0.2, -1, -1], [-1, -2, -1, -0.5]])
    found = scores(truth, logits)
    # neutral: yes, no, yes, no against yes, no, no, no
    assert found["acc_neutral"] == 0.75
    assert found["f1pos_neutral"] == pytest.approx(2 / 3)
    # happy: yes, yes, yes, no against no, yes, yes, no
    assert found["f1pos_happy"] == pytest.approx(4 / 5)
    # angry is never answered with yes
    assert (found["acc_angry"], found["f1pos_angry"]) == (0.75, 0)
    # recalls of yes and no: neutral 1, 2/3; happy 1, 1/2; sad (never) 1/2, 1; angry 0, 1
    expected = np.mean([(1 + 2 / 3) / 2, (1 + 1 / 2) / 2, (1 / 2 + 1) / 2, (0 + 1) / 2])
    assert found["balanced_acc"] == pytest.approx(expected)
    # highest logit: neutral, happy, neutral, angry against neutral, happy, happy, angry
    assert found["acc4"] == 0.75


def test_agrees_with_scikit_learn() -> None:
    found = scores(TRUTH, LOGITS)
    balanced = []
    for i, emotion in enumerate(EMOTIONS):
        true, said = TRUTH[:, i] > 0, LOGITS[:, i] > 0
        assert found[f"f1_{emotion}"] == pytest.approx(f1_score(true, said, average="weighted"))
        assert found[f"f1pos_{emotion}"] == pytest.approx(f1_score(true, said))
        balanced.append(balanced_accuracy_score(true, said))
    assert found["balanced_acc"] == pytest.approx(np.mean(balanced))
    assert list(found) == [*list(found)[:12], "balanced_acc", "acc4"]
    assert set(found) == set(FAMILY.metrics)


def test_acc4_leaves_mixed_emotions_out() -> None:
    truth = np.array([[1.0, 1, 0, 0], [0, 0, 1, 0]])
    assert len(contributions(truth, truth)["acc4"]) == 1
    with pytest.raises(EvenfuseError, match="none has exactly one emotion"):
        scores(truth[:1], truth[:1])


def test_always_no_scores_nothing_where_it_counts() -> None:
    found = scores(TRUTH, np.full((200, 4), -1.0))
    assert found["acc_happy"] > 0.6
    assert found["f1pos_happy"] == 0
    assert found["balanced_acc"] == 0.5


def test_an_emotion_that_nobody_has_counts_as_half_recalled() -> None:
    truth, logits = np.eye(4)[[0, 1, 0, 1]], np.full((4, 4), -1.0)
    logits[:, 2] = [1, -1, -1, -1]
    # neutral, happy: recalls 0 and 1; sad: 0.5 (nobody) and 3/4; angry: 0.5 and 1
    expected = np.mean([1 / 2, 1 / 2, (1 / 2 + 3 / 4) / 2, (1 / 2 + 1) / 2])
    assert scores(truth, logits)["balanced_acc"] == pytest.approx(expected)
    assert contributions(truth, logits)["balanced_acc"].mean() == pytest.approx(expected)


def test_contributions_to_balanced_accuracy_have_it_as_their_mean() -> None:
    without_anger = TRUTH[TRUTH[:, 3] == 0], LOGITS[TRUTH[:, 3] == 0]
    for truth, logits in ((TRUTH, LOGITS), without_anger):
        expected = scores(truth, logits)["balanced_acc"]
        assert contributions(truth, logits)["balanced_acc"].mean() == pytest.approx(expected)


@pytest.mark.parametrize("shape", [(200,), (200, 3), (100, 4)])
def test_other_shapes_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(EvenfuseError, match=r"give \(n, 4\) each"):
        scores(TRUTH, np.zeros(shape))


def test_nan_is_refused() -> None:
    with pytest.raises(EvenfuseError, match="prediction holds NaN"):
        scores(TRUTH, np.where(LOGITS > 2, np.nan, LOGITS))
