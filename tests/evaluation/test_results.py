"""Seeds put together, and two arms side by side."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation import crossed
from evenfuse.evaluation.comparison import compare, corrected
from evenfuse.evaluation.predictions import Predictions, by_seed
from evenfuse.evaluation.results import arm_results, metric_results
from evenfuse.records.arms import ArmResults
from evenfuse.records.runs import RunRecord
from tests.records.made import cache_provenance, run_record


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


def of_seeds(*seeds: int, n: int = 60) -> Predictions:
    """Predictions in the order of a test split, which is not that of its ids."""
    rng = np.random.default_rng(0)
    truth = rng.uniform(-3, 3, (n, 1)).astype(np.float32)
    predicted = truth + rng.normal(size=(len(seeds), n, 1)).astype(np.float32)
    ids = [f"v[{i}]" for i in rng.permutation(n)]
    return Predictions(ids, ("sentiment",), list(seeds), truth, predicted)


def results(*runs: RunRecord, generated: bool = True) -> ArmResults:
    seeds = [run.settings.seed for run in runs]
    return arm_results(runs, of_seeds(*seeds), cache_provenance(generated), {"test.h5": "xyz"})


def test_seeds_are_lined_up_by_id() -> None:
    table = predictions()
    truth, predicted = by_seed(table)
    for row, seed in zip(predicted, (1, 2), strict=True):
        own = table[table["seed"] == seed].sort_values("id")
        assert row[:, 0].tolist() == own["prediction"].tolist()
        assert truth[:, 0].tolist() == own["truth"].tolist()


def test_several_columns_are_lined_up_too() -> None:
    table = predictions().rename(columns={"truth": "truth_a", "prediction": "prediction_a"})
    table = table.assign(truth_b=-table["truth_a"], prediction_b=2 * table["prediction_a"])
    truth, predicted = by_seed(table)
    one_truth, one_predicted = by_seed(predictions())
    assert truth.tolist() == np.concatenate([one_truth, -one_truth], axis=-1).tolist()
    assert (
        predicted.tolist() == np.concatenate([one_predicted, 2 * one_predicted], axis=-1).tolist()
    )


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
    per_seed = np.abs(predicted - truth).mean(axis=(1, 2))
    assert metric.per_seed == pytest.approx(per_seed)
    assert metric.mean == pytest.approx(per_seed.mean())
    assert metric.std == pytest.approx(per_seed.std(ddof=1))
    estimate = crossed.mean(np.abs(predicted - truth)[:, :, 0])
    assert metric.ci95 == pytest.approx((estimate.low, estimate.high))


def test_results_of_an_arm_worked_by_hand() -> None:
    arm = results(run_record(1, epoch=4), run_record(2, epoch=5))
    assert arm.key == ("demo", "sgd", "gb")
    assert (arm.model, arm.modalities, arm.n_seeds, arm.seeds) == ("awf", ["audio"], 2, [1, 2])
    assert arm.selection.best_epochs == [4, 5]
    assert (arm.n_train, arm.n_valid, arm.n_test, arm.seconds_per_epoch) == (10, 30, 60, 1.5)
    assert arm.provenance.caches == {"train.h5": "abc", "test.h5": "xyz"}
    assert arm.shown[0] == "acc2_non0"
    assert arm.generated_data and not results(run_record(1), generated=False).generated_data


def test_the_file_of_predictions_gives_the_same_numbers(tmp_path: Path) -> None:
    predictions = of_seeds(2, 3)
    predictions.write(tmp_path / "p.parquet")
    table = pd.read_parquet(tmp_path / "p.parquet")
    assert table.columns.tolist() == ["id", "truth", "prediction", "seed"]
    for own, read in zip(predictions.by_id(), by_seed(table), strict=True):
        assert own.tolist() == read.tolist()


def test_predictions_of_several_columns_are_named_in_their_file(tmp_path: Path) -> None:
    one = of_seeds(2)
    truth, predicted = np.hstack([one.truth, -one.truth]), np.concatenate([one.predicted] * 2, -1)
    Predictions(one.ids, ("sad", "angry"), [2], truth, predicted).write(tmp_path / "p.parquet")
    table = pd.read_parquet(tmp_path / "p.parquet")
    names = ["truth_sad", "truth_angry", "prediction_sad", "prediction_angry"]
    assert table.columns.tolist() == ["id", *names, "seed"]
    assert table["truth_angry"].tolist() == (-table["truth_sad"]).tolist()


def test_runs_of_other_settings_are_refused() -> None:
    with pytest.raises(EvenfuseError, match="differ in their settings"):
        results(run_record(1), run_record(2, optimizer={"learning_rate": 1}))
    other = run_record(2).model_copy(update={"caches": {"train.h5": "def"}})
    with pytest.raises(EvenfuseError, match="differ in their caches"):
        results(run_record(1), other)


def test_a_clear_gap_is_found_and_no_gap_is_not() -> None:
    four, others = (1, 2, 3, 4), (5, 6, 7, 8)
    good, bad = predictions(seeds=four), predictions(shift=1.2, seeds=four)
    same = predictions(seeds=others)
    gap = compare(("a", "b"), (good, bad), "sentiment", "acc2_non0")
    assert gap.gap > 0.3
    assert gap.p < 0.01
    assert 0 < gap.low < gap.gap < gap.high
    none = compare(("a", "c"), (good, same), "sentiment", "acc2_non0")
    assert none.p > 0.05
    assert none.low < 0 < none.high
    first, second = corrected([gap, none])
    assert first.p == pytest.approx(2 * gap.p)
    assert second.p == pytest.approx(none.p)


@pytest.mark.parametrize("metric", ["acc2_non0", "f1_has0", "mae", "corr"])
def test_gap_is_the_difference_of_the_means_of_any_metric(metric: str) -> None:
    tables = (predictions(), predictions(shift=0.8))
    gap = compare(("a", "b"), tables, "sentiment", metric)
    means = [metric_results("sentiment", *by_seed(table))[metric].mean for table in tables]
    assert gap.gap == pytest.approx(means[0] - means[1])


def test_arms_with_other_truths_are_not_compared() -> None:
    other = predictions()
    other.loc[other["id"] == "v[0]", "truth"] += 1
    with pytest.raises(EvenfuseError, match="different truths of the same segments"):
        compare(("a", "b"), (predictions(), other), "sentiment", "mae")


def test_arms_on_other_segments_are_not_compared() -> None:
    with pytest.raises(EvenfuseError, match="a and b were evaluated on different segments"):
        compare(("a", "b"), (predictions(), predictions(n=50)), "sentiment", "acc2_non0")
