"""Seeds put together, and two arms side by side."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.comparison import compare, corrected
from evenfuse.evaluation.results import arm_results, by_seed, metric_results


def predictions(shift: float = 0.0, seeds: tuple[int, ...] = (2, 1), n: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    truth = rng.uniform(-3, 3, n)
    tables = []
    for seed in seeds:
        noise = np.random.default_rng(seed).normal(0, 1, n)
        ids = [f"v[{i}]" for i in range(n)]
        table = {"id": ids, "truth": truth, "prediction": truth * (1 - shift) + noise, "seed": seed}
        tables.append(pd.DataFrame(table).sample(frac=1, random_state=seed))
    return pd.concat(tables)


def run(seed: int, **settings: Any) -> dict[str, Any]:
    own = {"dataset": "demo", "optimizer_name": "sgd", "variant": "gb", "modalities": ["text"]}
    return {
        "settings": {
            **own,
            "metrics": "sentiment",
            "model": {"name": "awf"},
            "seed": seed,
            **settings,
        },
        "selection": {
            "split": "valid",
            "metric": "mae",
            "epoch": seed,
            "epochs_trained": 9,
            "scores": {},
        },
        "n_train": 10,
        "n_valid": 5,
        "parameters": 7,
        "seconds_per_epoch": float(seed),
        "caches": {"train.h5": "abc"},
        "git_commit": None,
        "versions": {},
        "device": "cpu",
    }


def test_seeds_are_lined_up_by_id() -> None:
    table = predictions()
    truth, predicted = by_seed(table)
    for row, seed in zip(predicted, (1, 2), strict=True):
        own = table[table["seed"] == seed].sort_values("id")
        assert row.tolist() == own["prediction"].tolist()
        assert truth.tolist() == own["truth"].tolist()


def test_several_columns_are_lined_up_too() -> None:
    table = predictions().rename(columns={"truth": "truth_a", "prediction": "prediction_a"})
    table = table.assign(truth_b=-table["truth_a"], prediction_b=2 * table["prediction_a"])
    truth, predicted = by_seed(table)
    one_truth, one_predicted = by_seed(predictions())
    assert truth.tolist() == np.stack([one_truth, -one_truth], axis=-1).tolist()
    assert predicted.tolist() == np.stack([one_predicted, 2 * one_predicted], axis=-1).tolist()


def test_seeds_on_other_segments_are_refused() -> None:
    table = predictions()
    with pytest.raises(EvenfuseError, match="different segments"):
        by_seed(table.iloc[1:])
    table.loc[table["seed"] == 1, "truth"] += 1
    with pytest.raises(EvenfuseError, match="different segments"):
        by_seed(table)


def test_mean_spread_and_interval() -> None:
    truth, predicted = by_seed(predictions())
    metric = metric_results("sentiment", truth, predicted)["mae"]
    per_seed = np.abs(predicted - truth).mean(axis=1)
    assert metric["per_seed"] == pytest.approx(per_seed)
    assert metric["mean"] == pytest.approx(per_seed.mean())
    assert metric["std"] == pytest.approx(per_seed.std(ddof=1))
    assert metric["ci95"][0] < per_seed.min() < per_seed.max() < metric["ci95"][1]


def test_results_are_in_the_order_of_the_seeds() -> None:
    results = arm_results([run(2), run(1)], predictions())
    assert results["seeds"] == results["selection"]["best_epochs"] == [1, 2]
    assert (results["n_test"], results["seconds_per_epoch"]) == (60, 1.5)


def test_runs_of_other_settings_are_refused() -> None:
    with pytest.raises(EvenfuseError, match="differ in their settings"):
        arm_results([run(1), run(2, optimizer={"learning_rate": 1})], predictions())
    with pytest.raises(EvenfuseError, match="differ in their caches"):
        arm_results([run(1), {**run(2), "caches": {"train.h5": "def"}}], predictions())


def test_a_clear_gap_is_found_and_no_gap_is_not() -> None:
    good, bad, same = predictions(), predictions(shift=1.2), predictions(seeds=(3, 4))
    gap = compare(("a", "b"), (good, bad), "sentiment", "acc2_non0")
    assert gap.gap > 0.3
    assert gap.p_permutation < 0.001
    assert gap.p_mcnemar < 0.01
    none = compare(("a", "c"), (good, same), "sentiment", "acc2_non0")
    assert none.p_permutation > 0.05
    first, second = corrected([gap, none])
    assert first.p_permutation == pytest.approx(2 * gap.p_permutation)
    assert second.p_permutation == pytest.approx(none.p_permutation)


def test_gap_is_the_difference_of_the_accuracies() -> None:
    tables = (predictions(), predictions(shift=0.8))
    gap = compare(("a", "b"), tables, "sentiment", "acc2_non0")
    means = [metric_results("sentiment", *by_seed(table))["acc2_non0"]["mean"] for table in tables]
    assert gap.gap == pytest.approx(means[0] - means[1])
    assert gap.standard_error == pytest.approx((means[1] * (1 - means[1]) / 60) ** 0.5)


def test_arms_on_other_segments_are_not_compared() -> None:
    with pytest.raises(EvenfuseError, match="a and b were evaluated on different segments"):
        compare(("a", "b"), (predictions(), predictions(n=50)), "sentiment", "acc2_non0")
