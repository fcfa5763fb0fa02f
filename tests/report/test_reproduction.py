"""Whether a printed score is repeated: verdicts by hand, the standard error by simulation."""

from pathlib import Path

import numpy as np
import pytest

from evenfuse.records.arms import MetricResult
from evenfuse.report.tables.reproduction import long_form, sections, standard_error, verdict
from evenfuse.settings.tables.reproduction import Settings
from tests.report.arms import TITLES, arm, material

TABLE = Settings(title="printed", kind="reproduction", published=[7])
REAL = {"dataset": "mosi", "generated_data": False}


@pytest.mark.parametrize(
    ("difference", "error", "expected"),
    [
        (0.001, 0.009, "reproduced"),  # -1.7 to 1.9 points
        (0.010, 0.005, "reproduced"),  # 0.02 to 1.98: not 0, but within the margin
        (0.003, 0.009, "cannot tell"),  # -1.5 to 2.1
        (-0.030, 0.020, "cannot tell"),  # -6.9 to 0.9
        (-0.040, 0.020, "not"),  # -7.9 to -0.1
        (0.030, 0.005, "not"),  # 2.0 to 4.0
        (0.0, None, "cannot tell"),
    ],
)
def test_a_verdict_rests_on_the_interval(
    difference: float, error: float | None, expected: str
) -> None:
    assert verdict(difference, error, 0.02)[0] == expected


def test_a_reason_says_on_which_side() -> None:
    assert verdict(0.05, 0.01, 0.02)[1] == "ours is higher, by more than chance explains"
    assert verdict(-0.05, 0.01, 0.02)[1] == "ours is lower, by more than chance explains"


@pytest.mark.parametrize("seeds", [2, 5, 10])
def test_the_error_is_that_of_many_studies(seeds: int) -> None:
    """Studies drawn with segments' deviation .01 and seeds' .02, beside one more run of another."""
    of_segments, of_seeds = 0.01, 0.02
    rng = np.random.default_rng(0)
    ours = rng.normal(0, of_segments, 200_000) + rng.normal(0, of_seeds / seeds**0.5, 200_000)
    printed = rng.normal(0, of_segments, 200_000) + rng.normal(0, of_seeds, 200_000)
    half = 1.96 * (of_segments**2 + of_seeds**2 / seeds) ** 0.5
    result = MetricResult(mean=0.8, std=of_seeds, ci95=(0.8 - half, 0.8 + half), per_seed=[0.8])
    assert standard_error(result, seeds) == pytest.approx((ours - printed).std(), rel=0.01)


def test_one_seed_has_no_error() -> None:
    assert (
        standard_error(MetricResult(mean=0.8, std=None, ci95=(0.7, 0.9), per_seed=[0.8]), 1) is None
    )


def test_every_printed_score_has_a_row(tmp_path: Path) -> None:
    arms = [arm(tmp_path, "sgd", variant, 1.0, **REAL) for variant in ("gb", "no-gb", "concat")]
    (section,) = sections(TABLE, material(arms), TITLES)
    assert section.rows[["method", "metric", "printed", "by"]].values.tolist() == [
        ["both", "acc2_non0", "86.28", "paper"],
        ["both", "f1_non0", "86.38", "paper"],
        ["A only", "acc2_non0", "84.45", "paper"],
        ["A only", "f1_non0", "84.48", "paper"],
    ]
    rows = long_form(TABLE, material(arms), TITLES)
    own = arms[0].results.metrics["acc2_non0"]
    assert rows["difference"][0] == pytest.approx(own.mean - 0.8628)
    assert rows["standard_error"][0] == pytest.approx(standard_error(own, 2))
    assert set(rows["verdict"]) <= {"reproduced", "not", "cannot tell"}


def test_generated_data_has_no_verdict_and_no_printed_number(tmp_path: Path) -> None:
    stand_in = arm(tmp_path, "sgd", "gb", 1.0, dataset="mosi", generated_data=True)
    (section,) = sections(TABLE, material([stand_in]), TITLES)
    assert set(section.rows["verdict"]) == {"generated data: no verdict"}
    assert section.rows[["printed", "difference", "standard error"]].eq("").all().all()
    assert long_form(TABLE, material([stand_in]), TITLES)["printed"].isna().all()


def test_the_demo_has_nothing_to_repeat(tmp_path: Path) -> None:
    (section,) = sections(TABLE, material([arm(tmp_path, "sgd", "gb", 1.0)]), TITLES)
    assert section.rows.empty
    assert section.note.startswith("Nothing printed.")
