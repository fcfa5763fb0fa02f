import json

import numpy as np
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.significance import binomial_standard_error, holm, summarize


def test_summary_by_hand():
    assert summarize([1.0, 2.0, 6.0]) == {"mean": 3.0, "std": pytest.approx(7**0.5)}
    assert summarize([0.25]) == {"mean": 0.25, "std": None}
    assert json.loads(json.dumps(summarize([0.25]))) == {"mean": 0.25, "std": None}


@pytest.mark.parametrize("values", [[], [1.0, np.nan], [np.inf]])
def test_no_summary_of_nothing_or_nan(values):
    with pytest.raises(EvenfuseError, match="cannot summarize"):
        summarize(values)


def test_holm_by_hand():
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.9, 0.6]) == [1, 1]
    assert holm([0.2]) == [0.2]
    assert holm([]) == []


def test_holm_keeps_order_and_lies_between_raw_and_bonferroni():
    raw = np.random.default_rng(0).random(50) ** 4
    adjusted = np.array(holm(raw))
    assert (np.diff(adjusted[np.argsort(raw)]) >= 0).all()
    assert (raw <= adjusted).all()
    assert (adjusted <= np.minimum(1, 50 * raw)).all()


@pytest.mark.parametrize("p", [-0.1, 1.1, np.nan])
def test_holm_refuses_what_is_no_probability(p):
    with pytest.raises(EvenfuseError, match="cannot adjust"):
        holm([0.5, p])


def test_binomial_standard_error_by_hand():
    assert binomial_standard_error(0.5, 100) == pytest.approx(0.05)
    assert binomial_standard_error(0.9, 100) == pytest.approx(0.03)
    assert binomial_standard_error(0.86, 686) == pytest.approx(0.013, abs=5e-4)
    assert binomial_standard_error(1.0, 7) == 0


@pytest.mark.parametrize(("p", "n"), [(1.1, 10), (-0.1, 10), (np.nan, 10), (0.5, 0)])
def test_no_standard_error_of_what_is_no_proportion(p, n):
    with pytest.raises(EvenfuseError, match="no standard error"):
        binomial_standard_error(p, n)


def test_holm_takes_both_ends() -> None:
    assert holm([0.0, 1.0]) == [0, 1]
