"""What holds for every family, found by file name."""

import json

import numpy as np
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.metrics import family, sentiment
from evenfuse.metrics._basics import jackknife
from evenfuse.parts import names


@pytest.fixture(params=names("metrics"))
def metrics(request):
    return family(request.param)


@pytest.fixture
def data(metrics):
    rng = np.random.default_rng(0)
    columns = len(metrics.facts.columns)
    if columns == 1:
        truth = rng.integers(-5, 6, 60) / 5
        return truth, truth + rng.normal(0, 0.6, 60)
    truth = np.eye(columns)[rng.integers(columns, size=60)]
    return truth, truth - 0.5 + rng.normal(0, 0.6, truth.shape)


def test_the_families_are_found():
    assert {"sentiment", "sims", "iemocap"} <= set(names("metrics"))
    assert not [name for name in names("metrics") if name.startswith("_")]


def test_the_facts_fit_one_another(metrics):
    facts = metrics.facts
    assert set(facts.shown) <= set(facts.metrics)
    assert facts.shown[0].startswith("acc")
    assert facts.selected_by in facts.metrics
    assert facts.losses


def test_an_unknown_family_is_answered_with_the_nearest():
    with pytest.raises(EvenfuseError, match=r"'sentimnt'; .*did you mean 'sentiment'\?"):
        family("sentimnt")
    with pytest.raises(EvenfuseError, match=r"unknown family of metrics '_basics'"):
        family("_basics")


def test_scores_are_the_named_metrics_as_plain_numbers(metrics, data):
    scores = metrics.scores(*data)
    assert list(scores) == list(metrics.facts.metrics)
    assert {type(value) for value in scores.values()} == {float}
    assert json.loads(json.dumps(scores, allow_nan=False)) == scores


def test_accuracies_are_the_share_of_correct_samples(metrics, data):
    contributions = metrics.contributions(*data)
    accuracies = [name for name in contributions if name.startswith("acc")]
    assert accuracies
    for name in accuracies:
        assert set(contributions[name]) <= {0, 1}


def test_two_predictions_of_one_truth_pair_up(metrics, data):
    truth, prediction = data
    first, second = (metrics.contributions(truth, p) for p in (prediction, -prediction))
    assert {name: len(parts) for name, parts in first.items()} == {
        name: len(parts) for name, parts in second.items()
    }


def test_the_direction_is_right(metrics, data):
    truth, prediction = data
    perfect, poor = metrics.scores(truth, truth), metrics.scores(truth, prediction)
    for name, metric in metrics.facts.metrics.items():
        higher = metric.higher_is_better
        assert perfect[name] == pytest.approx(1 if higher else 0)
        assert (perfect[name] > poor[name]) is higher


def test_the_order_of_samples_is_of_no_account(metrics, data):
    truth, prediction = data
    order = np.random.default_rng(1).permutation(len(truth))
    shuffled = metrics.scores(truth[order], prediction[order])
    assert shuffled == pytest.approx(metrics.scores(truth, prediction))


def test_scoring_changes_no_input(metrics, data):
    truth, prediction = (values.copy() for values in data)
    metrics.scores(truth, prediction)
    np.testing.assert_array_equal((truth, prediction), data)


@pytest.mark.parametrize("name", ["sentiment", "sims"])
def test_a_constant_prediction_has_correlation_zero(name):
    truth = np.random.default_rng(0).integers(-5, 6, 60) / 5
    with pytest.warns(UserWarning, match="constant"):
        scores = family(name).scores(truth, np.full(60, 0.3))
    assert scores["corr"] == 0
    assert np.isfinite(list(scores.values())).all()


@pytest.mark.parametrize("name", ["scores", "contributions"])
@pytest.mark.parametrize("prediction", [[], [0.1], [0.1, np.nan], [0.1, np.inf]])
def test_bad_input_is_refused(metrics, name, prediction):
    with pytest.raises(EvenfuseError):
        getattr(metrics, name)(np.array([0.5, -0.5]), np.array(prediction))


def test_contributions_add_up_to_the_scores(metrics, data):
    scores, contributions = metrics.scores(*data), metrics.contributions(*data)
    assert contributions.keys() == scores.keys()
    for name, parts in contributions.items():
        assert parts.mean() == pytest.approx(scores[name]), name


def test_contributions_are_what_the_score_changes_by_without_a_sample(metrics, data):
    """The jackknife: leaving sample i out moves the score by about (score - part_i) / (n - 1)."""
    truth, prediction = data
    scores, contributions = metrics.scores(*data), metrics.contributions(*data)
    moved = {name: [] for name in scores}
    for i in range(len(truth)):
        kept = np.arange(len(truth)) != i
        for name, score in metrics.scores(truth[kept], prediction[kept]).items():
            moved[name].append(score - scores[name])
    for name, parts in contributions.items():
        if len(parts) == len(truth):
            expected = (scores[name] - parts) / (len(truth) - 1)
            assert np.corrcoef(moved[name], expected)[0, 1] > 0.99 or np.ptp(expected) == 0, name
            assert np.std(moved[name]) == pytest.approx(np.std(expected), rel=0.1), name


def test_a_class_of_one_sample_does_not_end_the_jackknife() -> None:
    """Without that sample there would be nothing to score."""

    def recall(truth: np.ndarray, prediction: np.ndarray) -> dict[str, float]:
        if not truth.any():
            raise EvenfuseError("there is no sample of this class")
        return {"recall": float(prediction[truth > 0].mean())}

    truth, prediction = np.array([1, 0, 0, 0, 0]), np.array([1, 1, 0, 0, 0])
    assert jackknife(recall, truth, prediction)["recall"].tolist() == [1] * 5


def test_the_jackknife_finds_nearly_the_same_contributions(metrics, data):
    found, own = jackknife(metrics.scores, *data), metrics.contributions(*data)
    scores = metrics.scores(*data)
    for name, parts in found.items():
        assert len(parts) == len(data[0])
        assert parts.mean() == pytest.approx(scores[name]), name
        if len(own[name]) == len(parts):
            assert parts == pytest.approx(own[name], abs=0.15 * (1 + np.ptp(own[name]))), name


def test_a_family_without_contributions_gets_them_by_leaving_samples_out(monkeypatch):
    monkeypatch.delattr(sentiment, "contributions")
    own = family("sentiment")
    truth = np.array([-1.0, 2.0, 0.4, -2.6, 1.0])
    found = own.contributions(truth, truth + 0.25)
    assert found.keys() == own.scores(truth, truth + 0.25).keys()
    assert found["mae"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("name", "predicted", "words"),
    [
        ("sentiment", [[-0.51], [-0.5], [0.5], [0.51]], ["negative", *["neutral"] * 2, "positive"]),
        ("sims", [[-0.11], [-0.09], [0.09], [0.11]], ["negative", *["neutral"] * 2, "positive"]),
        ("iemocap", [[1, 2, 0, 0], [-3, -2, -4, -1]], ["happy", "angry"]),
    ],
)
def test_a_prediction_has_a_class_in_words(
    name: str, predicted: list[list[float]], words: list[str]
) -> None:
    in_words = family(name).in_words
    assert in_words and in_words(np.array(predicted, np.float32)) == words
