"""The ablation table, from arms whose numbers are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from evenfuse.report.ablation import gaps, long_form, sections

from evenfuse.evaluation.results import by_seed, metric_results
from evenfuse.report.arms import Arm
from evenfuse.report.titles import Titles
from evenfuse.settings.config import Comparison

TITLES = Titles(
    datasets={"demo": "Demo"},
    optimizers={"sgd": "SGD", "adam": "Adam"},
    variants={"gb": "both", "no-gb": "A only", "concat": "neither"},
    comparisons=[
        Comparison(title="B-fusion", without="no-gb", having="gb"),
        Comparison(title="A-fusion", without="gb-no-att", having="gb"),
    ],
)


def arm(folder: Path, optimizer: str, variant: str, noise: float) -> Arm:
    rng = np.random.default_rng(7)
    truth = np.tile(rng.uniform(-3, 3, 40), 2)
    table = pd.DataFrame(
        {
            "id": [f"v[{i}]" for i in range(40)] * 2,
            "truth": truth,
            "prediction": truth + noise * rng.normal(size=80),
            "seed": np.repeat([1, 2], 40),
        }
    )
    path = folder / f"{optimizer}_{variant}.parquet"
    table.to_parquet(path)
    results = {
        "dataset": "demo",
        "optimizer": optimizer,
        "variant": variant,
        "metrics": metric_results("sentiment", *by_seed(table)),
        "n_seeds": 2,
        "n_test": 40,
        "generated_data": True,
        "selection": {"metric": "mae"},
        "provenance": {"config": {"metrics": "sentiment"}},
    }
    return Arm(results, path)


@pytest.fixture
def arms(tmp_path: Path) -> list[Arm]:
    """SGD has both arms of the first comparison, Adam only one."""
    made = [("sgd", "gb", 0.5), ("sgd", "no-gb", 3.0), ("adam", "gb", 0.5), ("sgd", "concat", 2.0)]
    return [arm(tmp_path, *one) for one in made]


def test_comparisons_show_complete_pairs_only(arms: list[Arm]) -> None:
    made = sections(arms, TITLES, {})
    assert [section.title for section in made] == ["Demo: B-fusion", "Demo: every arm"]
    pair, every = made[0].rows, made[1].rows
    assert pair[["optimizer", "method"]].values.tolist() == [["SGD", "A only"], ["SGD", "both"]]
    assert len(every) == 4


def test_cells_hold_mean_and_spread(arms: list[Arm]) -> None:
    rows = sections(arms, TITLES, {})[0].rows
    metric = arms[0].results["metrics"]
    accuracy, mae = metric["acc2_non0"], metric["mae"]
    assert rows["acc2_non0"][1] == f"{100 * accuracy['mean']:.2f} ± {100 * accuracy['std']:.2f}"
    assert rows["mae"][1] == f"{mae['mean']:.3f} ± {mae['std']:.3f}"


def test_demo_numbers_are_called_so(arms: list[Arm]) -> None:
    notes = [section.note for section in sections(arms, TITLES, {})]
    assert all(note.startswith("Demo numbers") for note in notes)
    assert all("over 2 seeds on 40 test segments" in note for note in notes)


def test_the_standard_error_counts_what_the_accuracy_counts(tmp_path: Path) -> None:
    one = arm(tmp_path, "sgd", "gb", 2.0)
    table = one.test_predictions()
    neutral = table["id"].isin([f"v[{i}]" for i in range(15)])
    table.loc[neutral, "truth"] = 0.0
    table.to_parquet(one.predictions)
    mean = one.results["metrics"]["acc2_non0"]["mean"]
    expected = 100 * (mean * (1 - mean) / 25) ** 0.5
    assert f"acc2_non0 is {expected:.1f} points" in sections([one], TITLES, {})[0].note


def test_best_reachable_scores_stand_below(arms: list[Arm]) -> None:
    best = {"text_only": {"acc2_non0": 0.8, "f1_non0": 0.8, "mae": 0.7, "corr": 0.8}}
    rows = sections(arms, TITLES, {"demo": best})[-1].rows
    assert rows["method"].iloc[-1] == "best reachable, text only"
    assert rows[["acc2_non0", "mae"]].iloc[-1].tolist() == ["80.00", "0.700"]


def test_gaps_are_the_arm_that_has_it_minus_the_one_that_lacks_it(arms: list[Arm]) -> None:
    table = gaps(arms, TITLES)
    means = [arms[i].results["metrics"]["acc2_non0"]["mean"] for i in (0, 1)]
    assert len(table) == 1
    assert table["arm"][0] == "demo_sgd_gb"
    assert table["gap (points)"][0] == f"{100 * (means[0] - means[1]):+.2f}"


def test_long_form_has_a_row_per_arm_and_metric(arms: list[Arm]) -> None:
    table = long_form(arms)
    assert len(table) == 4 * 8
    row = table[(table["variant"] == "no-gb") & (table["metric"] == "corr")].iloc[0]
    assert row["mean"] == arms[1].results["metrics"]["corr"]["mean"]
    assert row["ci95_low"] < row["mean"] < row["ci95_high"]
