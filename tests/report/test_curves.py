"""Figures over the epochs, from histories whose numbers are known."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from evenfuse.report import curves
from evenfuse.report.curves import plot
from evenfuse.settings.study import Figure
from tests.report.arms import TITLES

MODELS = {"no-gb": "awf", "gb": "awf", "concat": "tfn"}


def history(variant: str, high: float) -> pd.DataFrame:
    """Two seeds of two epochs; the text's gradient is `high` and 3 times as high."""
    return pd.DataFrame(
        {
            "dataset": "demo",
            "optimizer": "sgd",
            "variant": variant,
            "model": MODELS[variant],
            "seed": [1, 1, 2, 2],
            "epoch": [1, 2, 1, 2],
            "g_vectors": [high, high, 3 * high, 3 * high],
            "g_audio": 1e-3,
            "w_vectors": 1.0,
            "w_audio": 3.0,
        }
    )


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Canvas]]:
    """The figures that are saved, kept as they are."""
    kept: list[Canvas] = []
    monkeypatch.setattr(curves, "save_figure", lambda canvas, output: kept.append(canvas))
    monkeypatch.setattr(pyplot, "close", lambda canvas: None)
    yield kept
    monkeypatch.undo()
    pyplot.close("all")


def panels(drawn: list[Canvas]) -> list[Axes]:
    return [panel for panel in drawn[0].axes if panel.get_visible()]


HISTORIES = pd.concat([history("no-gb", 4e-3), history("gb", 1e-3), history("concat", 9e-3)])


def test_lines_are_means_over_the_seeds(drawn: list[Canvas]) -> None:
    plot(Figure(title="", panels=[["no-gb"]]), HISTORIES, TITLES, Path())
    (panel,) = panels(drawn)
    assert panel.get_title() == "Demo: A only"
    text, audio = panel.get_lines()
    assert (text.get_label(), list(text.get_ydata())) == ("text (vectors)", [8, 8])
    assert (audio.get_label(), list(audio.get_ydata())) == ("audio", [1, 1])


def test_panels_of_one_model_have_one_scale(drawn: list[Canvas]) -> None:
    figure = Figure(title="", panels=[["no-gb", "concat"], ["gb"]])
    plot(figure, HISTORIES, TITLES, Path())
    tops = {panel.get_title(): panel.get_ylim()[1] for panel in panels(drawn)}
    assert tops["Demo: A only"] == tops["Demo: both"] > 12
    assert tops["Demo: neither"] > 27
    assert {panel.get_ylim()[0] for panel in panels(drawn)} == {0}


def test_variants_without_histories_have_no_panel(drawn: list[Canvas]) -> None:
    plot(Figure(title="", panels=[["gb", "nosuch"], ["nosuch"]]), HISTORIES, TITLES, Path())
    assert [panel.get_title() for panel in panels(drawn)] == ["Demo: both"]


def test_shares_of_the_weights_are_stacked_up_to_100(drawn: list[Canvas]) -> None:
    figure = Figure(title="", draws="fusion_weights", panels=[["gb"]])
    plot(figure, HISTORIES, TITLES, Path())
    (panel,) = panels(drawn)
    heights = [[bar.get_height() for bar in bars] for bars in panel.containers]
    assert heights == [[25, 25], [75, 75]]
    assert panel.get_ylim() == (0, 100)
