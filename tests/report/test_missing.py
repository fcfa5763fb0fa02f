"""Tables and figures of what is left where something is missing, from numbers that are known."""

from pathlib import Path

import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure as Canvas

from evenfuse.errors import EvenfuseError
from evenfuse.records.arms import MetricResult
from evenfuse.records.missing import ArmMissing, Condition
from evenfuse.report.figures import missing as figures
from evenfuse.report.material import Material
from evenfuse.report.tables.missing import area, long_form, sections
from evenfuse.settings.figures.missing import Settings as Figure
from evenfuse.settings.tables.missing import Settings
from tests.report.arms import TITLES

SHOWN = ("acc2_non0", "f1_non0", "acc7", "mae", "corr")


def condition(score: float, rate: float = 0.0, *absent: str) -> Condition:
    seeds = [score - 0.1, score + 0.1]
    result = MetricResult(mean=score, std=0.1, ci95=(score - 0.2, score + 0.2), per_seed=seeds)
    return Condition(absent=list(absent), rate=rate, scores=dict.fromkeys(SHOWN, result))


def arm(folder: Path, variant: str, words: str) -> Path:
    conditions = [
        *(condition(0.8), condition(0.5, 0, words), condition(0.7, 0, "audio")),
        *(condition(0.7, 0.25), condition(0.5, 0.5)),
    ]
    path = folder / f"missing_{variant}.json"
    ArmMissing(
        **{"dataset": "demo", "optimizer": "sgd", "variant": variant, "metrics": "sentiment"},  # type: ignore[arg-type]
        modalities=[words, "audio"],
        seeds=[1, 2],
        mask_seed=1,
        n_test=40,
        generated_data=True,
        conditions=conditions,
    ).write(path)
    return path


@pytest.fixture
def made(tmp_path: Path) -> Material:
    """An arm that reads text, and one that reads word vectors."""
    paths = [arm(tmp_path, "gb", "text"), arm(tmp_path, "concat", "vectors")]
    return Material({"missing": paths})


def test_a_table_shows_subsets_and_rates(made: Material) -> None:
    absent, rows = sections(Settings(title="gaps", kind="missing"), made, TITLES)
    assert absent.title == "Demo: gaps, modalities absent"
    assert absent.rows.to_dict("records")[0] == {
        **{"optimizer": "SGD", "method": "both", "all": "80.00 ± 10.00"},
        **{"without text": "50.00 ± 10.00", "without audio": "70.00 ± 10.00"},
    }
    assert absent.rows["without text"].tolist() == ["50.00 ± 10.00"] * 2  # vectors are text, too
    # (0.8 + 0.7) / 2 * 0.25 + (0.7 + 0.5) / 2 * 0.25 = 0.3375, over 0.5
    assert list(rows.rows) == ["optimizer", "method", "0 %", "25 %", "50 %", "area"]
    assert rows.rows["area"].tolist() == ["67.50"] * 2
    assert rows.note.startswith("Demo numbers: the data is generated. acc2_non0 of 2 seeds on 40 ")


def test_another_metric_is_shown_if_it_is_known(made: Material) -> None:
    _, rows = sections(Settings(title="gaps", kind="missing", metric="mae"), made, TITLES)
    assert rows.rows["25 %"].tolist() == ["0.700 ± 0.100"] * 2
    with pytest.raises(EvenfuseError, match=r"unknown metric 'maee'.*did you mean 'mae'"):
        sections(Settings(title="gaps", kind="missing", metric="maee"), made, TITLES)


def test_the_area_of_a_single_point_is_its_height() -> None:
    assert area([condition(0.8)], "mae") == 0.8


def test_long_form_has_every_score(made: Material) -> None:
    rows = long_form(Settings(title="gaps", kind="missing"), made, TITLES)
    assert len(rows) == 2 * 5 * len(SHOWN)
    assert rows["absent"].unique().tolist() == ["", "text", "audio", "vectors"]


def test_a_line_is_the_mean_and_a_band_the_seeds(
    made: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Canvas] = []
    monkeypatch.setattr(figures, "save_figure", lambda canvas, output: kept.append(canvas))
    monkeypatch.setattr(pyplot, "close", lambda canvas: None)
    figures.draw(Figure(title="gaps", metrics=["mae", "acc2_non0"]), made, TITLES, tmp_path / "f")
    mae, accuracy = kept[0].axes
    assert [line.get_label() for line in mae.get_lines()] == ["both", "neither"]
    assert list(mae.get_lines()[0].get_xdata()) == [0, 25, 50]
    assert list(mae.get_lines()[0].get_ydata()) == pytest.approx([0.8, 0.7, 0.5])
    assert list(accuracy.get_lines()[1].get_ydata()) == pytest.approx([80, 70, 50])
    band = accuracy.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == pytest.approx((40, 90))
    monkeypatch.undo()
    pyplot.close("all")
