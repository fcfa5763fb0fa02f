"""Seeds put together, and two arms side by side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation import crossed
from evenfuse.evaluation.comparison import Gap, above_constant, compare, corrected
from evenfuse.evaluation.prediction_files import read_predictions
from evenfuse.evaluation.predictions import Predictions
from evenfuse.evaluation.results import arm_results, metric_results
from evenfuse.records.arms import ArmResults
from evenfuse.records.runs import RunRecord
from tests.records.made import cache_provenance, run_record


def predictions(shift: float = 0.0, seeds: tuple[int, ...] = (2, 1), n: int = 60) -> Predictions:
    truth = np.random.default_rng(0).uniform(-3, 3, (n, 1))
    noise = np.stack([np.random.default_rng(seed).normal(0, 1, (n, 1)) for seed in seeds])
    ids = [f"v[{i}]" for i in range(n)]
    return Predictions(ids, ("sentiment",), list(seeds), truth, truth * (1 - shift) + noise)


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


def test_mean_spread_and_interval() -> None:
    truth, predicted = predictions().by_id()
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
    read_back = read_predictions(tmp_path / "p.parquet", predictions.columns)
    for own, read in zip(predictions.by_id(), read_back.by_id(), strict=True):
        assert own.tolist() == read.tolist()


def test_other_networks_of_the_same_models_are_scored_beside(tmp_path: Path) -> None:
    both = of_seeds(1, 2)
    both = replace(both, others={"teacher": both.predicted / 2})
    runs = [run_record(1), run_record(2)]
    arm = arm_results(runs, both, cache_provenance(True), {"test.h5": "xyz"})
    truth, predicted = both.by_id()
    assert arm.metrics == metric_results("sentiment", truth, predicted)
    assert arm.others == {"teacher": metric_results("sentiment", truth, predicted / 2)}
    assert arm.others["teacher"]["mae"] != arm.metrics["mae"]
    arm.write(tmp_path / "arm.json")
    assert ArmResults.read(tmp_path / "arm.json") == arm
    both.write(tmp_path / "p.parquet")
    columns = ["id", "truth", "prediction", "prediction_of_teacher", "seed"]
    assert pd.read_parquet(tmp_path / "p.parquet").columns.tolist() == columns
    for network, factor in (("", 1), ("teacher", 0.5)):
        read = read_predictions(tmp_path / "p.parquet", both.columns, network)
        assert read.by_id()[1].tolist() == (factor * predicted).tolist()


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


def gap_of(first: Predictions, second: Predictions, metric: str = "acc2_non0") -> Gap:
    (gap,) = compare(("a", "b"), (first, second), "sentiment", [metric])
    return gap


def test_a_clear_gap_is_found_and_no_gap_is_not() -> None:
    four, others = (1, 2, 3, 4), (5, 6, 7, 8)
    good, bad = predictions(seeds=four), predictions(shift=1.2, seeds=four)
    gap = gap_of(good, bad)
    assert gap.found.value > 0.3
    assert gap.found.p < 0.01
    assert 0 < gap.found.low < gap.found.value < gap.found.high
    none = gap_of(good, predictions(seeds=others))
    assert none.found.p > 0.05
    assert none.found.low < 0 < none.found.high
    first, second = corrected([gap, none])
    assert first.found.p == pytest.approx(2 * gap.found.p)
    assert second.found.p == pytest.approx(none.found.p)


@pytest.mark.parametrize("metric", ["acc2_non0", "f1_has0", "mae", "corr"])
def test_gap_is_the_difference_of_the_means_of_any_metric(metric: str) -> None:
    arms = (predictions(), predictions(shift=0.8))
    means = [metric_results("sentiment", *arm.by_id())[metric].mean for arm in arms]
    assert gap_of(*arms, metric).found.value == pytest.approx(means[0] - means[1])


def test_the_order_of_segments_and_the_names_of_seeds_are_of_no_account() -> None:
    first, second = predictions(), predictions(shift=0.5)
    order = np.random.default_rng(1).permutation(60)
    other = replace(
        second,
        ids=[second.ids[i] for i in order],
        truth=second.truth[order],
        predicted=second.predicted[::-1, order],
        seeds=[11, 12],
    )
    assert gap_of(first, other, "corr").found.p == pytest.approx(
        gap_of(first, second, "corr").found.p
    )


def test_arms_with_other_truths_are_not_compared() -> None:
    other = predictions()
    other.truth[7] += 0.2
    with pytest.raises(EvenfuseError, match=r"a and b have different truths .* such as 'v\[7\]'"):
        gap_of(predictions(), other)
    other = predictions()
    gap_of(predictions(), replace(other, truth=other.truth.astype(np.float32)))


def test_arms_on_other_segments_are_not_compared() -> None:
    told = r"different segments: 10 are in {} alone, such as 'v\[50\]'"
    with pytest.raises(EvenfuseError, match=told.format("a")):
        gap_of(predictions(), predictions(n=50))
    with pytest.raises(EvenfuseError, match=told.format("b")):
        gap_of(predictions(n=50), predictions())


def test_an_unknown_metric_is_answered() -> None:
    with pytest.raises(
        EvenfuseError, match="unknown metric 'acc2'; choose from: acc2_non0, acc2_has0"
    ):
        gap_of(predictions(), predictions(), "acc2")


def test_an_arm_is_estimated_above_a_constant() -> None:
    arm = predictions(seeds=(1, 2, 3, 4))
    above = above_constant(arm, [0.5], "sentiment")
    truth, predicted = arm.by_id()
    gains = np.abs(predicted - truth)[:, :, 0] - np.abs(0.5 - truth)[:, 0]
    assert above["mae"] == crossed.mean(gains)
    assert above["corr"].value == pytest.approx(
        metric_results("sentiment", truth, predicted)["corr"].mean
    )
    assert above["mae"].seeds == (4,)
