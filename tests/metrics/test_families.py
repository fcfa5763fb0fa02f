"""What holds for every family, found by file name."""

import json

import numpy as np
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.metrics import family
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
    scores, correct = metrics.scores(*data), metrics.correct(*data)
    assert set(correct) == {name for name in scores if name.startswith("acc")}
    for name, kept in correct.items():
        assert kept.dtype == bool
        assert kept.mean() == scores[name]


def test_two_predictions_of_one_truth_pair_up(metrics, data):
    truth, prediction = data
    first, second = metrics.correct(truth, prediction), metrics.correct(truth, -prediction)
    assert {name: len(kept) for name, kept in first.items()} == {
        name: len(kept) for name, kept in second.items()
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


@pytest.mark.parametrize("name", ["scores", "correct"])
@pytest.mark.parametrize("prediction", [[], [0.1], [0.1, np.nan], [0.1, np.inf]])
def test_bad_input_is_refused(metrics, name, prediction):
    with pytest.raises(EvenfuseError):
        getattr(metrics, name)(np.array([0.5, -0.5]), np.array(prediction))
