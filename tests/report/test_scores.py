"""Tables of scores, from arms whose numbers are known."""

from pathlib import Path

import pytest

from evenfuse import parts
from evenfuse.report.arms import ReportedArm
from evenfuse.report.sections import Section
from evenfuse.report.tables.scores import long_form, sections
from evenfuse.settings.tables.scores import Settings
from tests.packages import install
from tests.report.arms import TITLES, arm, material

TABLE = Settings(title="ablation", published=[7])


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
    assert rows["acc2_non0"][0] == f"{100 * accuracy.mean:.2f} ± {100 * accuracy.std:.2f}"
    assert rows["mae"][0] == f"{mae.mean:.3f} ± {mae.std:.3f}"


def test_demo_numbers_are_called_so(arms: list[ReportedArm]) -> None:
    note = made(arms)[0].note
    assert note.startswith("Demo numbers")
    assert "over 2 seeds on 40 test segments" in note


def test_the_standard_error_counts_what_the_accuracy_counts(tmp_path: Path) -> None:
    one = arm(tmp_path, "sgd", "gb", 2.0)
    table = one.test_predictions()
    neutral = table["id"].isin([f"v[{i}]" for i in range(15)])
    table.loc[neutral, "truth"] = 0.0
    table.to_parquet(one.predictions)
    mean = one.results.metrics["acc2_non0"].mean
    expected = 100 * (mean * (1 - mean) / 25) ** 0.5
    assert f"acc2_non0 is {expected:.1f} points" in made([one])[0].note


def test_gaps_are_the_arm_that_has_it_minus_the_one_that_lacks_it(arms: list[ReportedArm]) -> None:
    table = made(arms)[-1].rows
    means = [arms[i].results.metrics["acc2_non0"].mean for i in (0, 1)]
    assert table[["arm", "against"]].values.tolist() == [["demo_sgd_gb", "demo_sgd_no-gb"]]
    assert table["gap"][0] == f"{100 * (means[0] - means[1]):+.2f}"


def test_without_a_whole_comparison_no_gap_is_shown(arms: list[ReportedArm]) -> None:
    assert [section.title for section in made(arms[2:])] == ["Demo: ablation"]


def test_long_form_has_a_row_per_arm_and_metric(arms: list[ReportedArm]) -> None:
    table = long_form(material(arms))
    assert len(table) == 4 * 8
    row = table[(table["variant"] == "no-gb") & (table["metric"] == "corr")].iloc[0]
    assert row["mean"] == arms[1].results.metrics["corr"].mean
    assert row["ci95_low"] < row["mean"] < row["ci95_high"]


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
    assert section.note.endswith("epochs selected by validation mae.")
    gap = arms[0].results.metrics["error"].mean - arms[1].results.metrics["error"].mean
    assert gaps.rows[["metric", "gap"]].values.tolist() == [["error", f"{gap:+.3f}"]]
