"""Tables of scores, from arms whose numbers are known."""

from pathlib import Path

import pandas as pd
import pytest

from evenfuse import parts
from evenfuse.report.arms import ReportedArm
from evenfuse.report.sections import Section
from evenfuse.report.tables.scores import long_form, sections
from evenfuse.settings.tables.scores import Settings
from tests.packages import install
from tests.report.arms import TITLES, arm, material

TABLE = Settings(title="ablation", published=[7])
TWO = [("gb", 0.5), ("no-gb", 3.0)]


def made(arms: list[ReportedArm]) -> list[Section]:
    return sections(TABLE, material(arms), TITLES)


@pytest.fixture
def arms(tmp_path: Path) -> list[ReportedArm]:
    """SGD has both arms of the first comparison, Adam only one."""
    each = [("sgd", "gb", 0.5), ("sgd", "no-gb", 3.0), ("adam", "gb", 0.5), ("sgd", "concat", 2.0)]
    return [arm(tmp_path, *one) for one in each]


def test_a_section_has_a_row_per_arm_and_the_references_below(arms: list[ReportedArm]) -> None:
    section = made(arms)[0]
    assert section.title == "Demo: ablation"
    assert section.rows[["optimizer", "method"]].values.tolist() == [
        ["SGD", "both"],
        ["SGD", "A only"],
        ["Adam", "both"],
        ["SGD", "neither"],
        ["-", "training mean of 1284 segments"],
        ["-", "best reachable, text only"],
    ]
    assert section.rows[["acc2_non0", "mae"]].values.tolist()[-2:] == [
        ["55.00", "1.400"],
        ["80.00", "0.700"],
    ]


def test_every_dataset_has_a_section_of_its_own(arms: list[ReportedArm], tmp_path: Path) -> None:
    other = arm(tmp_path, "sgd", "gb", 1.0, dataset="mosi")
    titles = [section.title for section in made([*arms, other])]
    assert titles == ["Demo: ablation", "CMU-MOSI: ablation", "What the gaps are worth"]


def test_cells_hold_mean_and_spread(arms: list[ReportedArm]) -> None:
    rows = made(arms)[0].rows
    metric = arms[0].results.metrics
    accuracy, mae = metric["acc2_non0"], metric["mae"]
    shown = f"{100 * accuracy.mean:.2f} ± {100 * accuracy.std:.2f}"
    assert rows["acc2_non0"][0].removesuffix(" †") == shown
    assert rows["mae"][0].removesuffix(" †") == f"{mae.mean:.3f} ± {mae.std:.3f}"


def test_demo_numbers_are_called_so(arms: list[ReportedArm]) -> None:
    note = made(arms)[0].note
    assert note.startswith("Demo numbers")
    assert "over 2 seeds on 40 test segments" in note


def test_the_standard_error_counts_what_the_accuracy_counts(tmp_path: Path) -> None:
    one = arm(tmp_path, "sgd", "gb", 2.0)
    table = pd.read_parquet(one.file)
    neutral = table["id"].isin([f"v[{i}]" for i in range(15)])
    table.loc[neutral, "truth"] = 0.0
    table.to_parquet(one.file)
    mean = one.results.metrics["acc2_non0"].mean
    expected = 100 * (mean * (1 - mean) / 25) ** 0.5
    assert f"acc2_non0 is {expected:.1f} points" in made([one])[0].note


def test_gaps_are_the_arm_that_has_it_minus_the_one_that_lacks_it(arms: list[ReportedArm]) -> None:
    table = made(arms)[-1].rows
    means = [arms[i].results.metrics["acc2_non0"].mean for i in (0, 1)]
    assert table[["arm", "against", "metric"]].values.tolist() == [
        ["demo_sgd_gb", "demo_sgd_no-gb", metric] for metric in ("acc2_non0", "mae", "corr")
    ]
    assert table["gap"][0] == f"{100 * (means[0] - means[1]):+.2f}"


def test_a_gap_has_one_p_which_says_what_is_drawn(arms: list[ReportedArm]) -> None:
    section = made(arms)[-1]
    assert [name for name in section.rows if name.startswith("p")] == [
        "p, segments and seeds drawn"
    ]
    assert "Holm-corrected" in section.note


def test_all_emotions_and_their_balance_are_tested(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "sgd", each, noise, "iemocap") for each, noise in TWO]
    section, gaps = made(arms)
    tested = [f"acc_{emotion}" for emotion in ("happy", "sad", "angry", "neutral")]
    assert gaps.rows["metric"].tolist() == [*tested, "balanced_acc"]
    assert set(gaps.rows["metric"]) <= set(section.rows.columns)


def test_one_seed_each_has_no_interval(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "sgd", each, noise) for each, noise in TWO]
    for each in arms:
        table = pd.read_parquet(each.file)
        table[table["seed"] == 1].to_parquet(each.file)
    rows = made(arms)[-1].rows
    assert set(rows["95 % interval"]) == {"unknown: one seed each"}
    assert set(rows["p, segments and seeds drawn"]) == {"-"}


def test_scores_that_are_not_clearly_better_than_the_training_mean_are_marked(
    tmp_path: Path,
) -> None:
    learnt, not_learnt = (arm(tmp_path, "sgd", *each) for each in (("gb", 0.01), ("no-gb", 30.0)))
    section = made([learnt, not_learnt])[0]
    marked = section.rows[["acc2_non0", "mae", "corr"]].map(lambda cell: "†" in cell)
    assert marked.values.tolist()[:2] == [[False] * 3, [True] * 3]
    assert not marked[2:].any(axis=None)  # nor is any answer without a model
    assert "† not clearly better than the training mean's" in section.note
    assert "Every score is clearly better" in made([learnt])[0].note
    rows = long_form(TABLE, material([learnt, not_learnt]), TITLES).set_index(["variant", "metric"])
    assert rows.loc[("gb", "mae"), "clearly_better"]
    assert not rows.loc[("no-gb", "mae"), "clearly_better"]
    assert rows.loc[("gb", "mae"), "training_mean"] == 1.4


def test_a_single_seed_is_never_clearly_better(tmp_path: Path) -> None:
    one = arm(tmp_path, "sgd", "gb", 0.01, n_seeds=1)
    section = made([one])[0]
    assert section.rows["mae"][0].endswith("†")
    assert "a single seed cannot tell" in section.note


def test_without_a_whole_comparison_no_gap_is_shown(arms: list[ReportedArm]) -> None:
    assert [section.title for section in made(arms[2:])] == ["Demo: ablation"]


def test_long_form_has_a_row_per_arm_and_metric(arms: list[ReportedArm]) -> None:
    table = long_form(TABLE, material(arms), TITLES)
    assert len(table) == 4 * 8
    row = table[(table["variant"] == "no-gb") & (table["metric"] == "corr")].iloc[0]
    assert row["mean"] == arms[1].results.metrics["corr"].mean
    assert row["ci95_low"] < row["mean"] < row["ci95_high"]


def test_other_networks_have_rows_of_their_own_but_no_gaps(tmp_path: Path) -> None:
    both = [arm(tmp_path, "sgd", "gb", 0.5, networks=["teacher"]), arm(tmp_path, "sgd", "no-gb", 3)]
    section, gaps = made(both)
    assert section.rows["method"].tolist()[:3] == ["both", "both: teacher", "A only"]
    other = both[0].results.others["teacher"]["mae"]
    assert section.rows["mae"][1].startswith(f"{other.mean:.3f} ± ")
    marks = section.rows["mae"].str.endswith("†").tolist()
    assert marks[:2] == [False, True]
    assert set(gaps.rows["arm"]) == {"demo_sgd_gb"}
    table = long_form(TABLE, material(both), TITLES)
    assert len(table) == 3 * 8
    row = table[(table["network"] == "teacher") & (table["metric"] == "mae")].iloc[0]
    assert (row["variant"], row["mean"]) == ("gb", other.mean)


LENGTHS = """
from evenfuse.settings.metrics import Family, Metric

FAMILY = Family(
    columns=("length",),
    metrics={"error": Metric(higher_is_better=False, percent=False)},
    shown=("error",),
    losses=("l1",),
    selected_by="error",
)


def scores(truth, prediction):
    return {"error": float(abs(truth - prediction).mean())}
"""


def test_a_family_of_another_package_has_a_table_and_gaps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(parts, "names", parts.names.__wrapped__)
    monkeypatch.setattr(parts, "_entry_points", parts._entry_points.__wrapped__)
    install(tmp_path, {"lengths.py": LENGTHS}, {"evenfuse.metrics": {"lengths": "lengths"}})
    arms = [arm(tmp_path, "sgd", variant, 1.0, "lengths") for variant in ("gb", "no-gb")]
    section, gaps = sections(TABLE, material(arms), TITLES)
    assert section.rows.columns.tolist() == ["optimizer", "method", "error"]
    assert section.rows["error"].tolist()[-1] == "0.700"
    assert "epochs selected by validation mae. " in section.note
    gap = arms[0].results.metrics["error"].mean - arms[1].results.metrics["error"].mean
    assert gaps.rows[["metric", "gap"]].values.tolist() == [["error", f"{gap:+.3f}"]]
