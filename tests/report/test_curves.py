"""Figures over the epochs, from histories whose numbers are known."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas

from evenfuse.report import curves
from evenfuse.report.figures import distillation, fusion_weights, gradients, unimodal_labels
from evenfuse.report.material import Material
from evenfuse.settings.figures.distillation import Settings as Distillation
from evenfuse.settings.figures.fusion_weights import Settings as FusionWeights
from evenfuse.settings.figures.gradients import Settings as Gradients
from evenfuse.settings.figures.unimodal_labels import Settings as UnimodalLabels
from tests.records.made import run_record
from tests.report.arms import TITLES

MODELS = {"no-gb": "awf", "gb": "awf", "concat": "tfn"}


HIGH = {"no-gb": 4e-3, "gb": 1e-3, "concat": 9e-3}


def write_run(folder: Path, variant: str, seed: int) -> Path:
    """A run of two epochs; the text's gradient is high, and 3 times as high with seed 2."""
    high = HIGH[variant] * (1 if seed == 1 else 3)
    history = {"epoch": [1, 2], "g_vectors": high, "g_audio": 1e-3, "w_vectors": 1.0}
    history |= {"label_audio": [0.5, -0.5 * seed], "deviation_of_label_audio": [1.0, 2.0]}
    history |= {"weight_of_label_audio": [0.0, 0.25 * seed], "clamped_audio": [0, 2 * seed]}
    if variant != "concat":  # which has no teacher
        other = {"gb": "teacher", "no-gb": "student"}[variant]
        history |= {"alpha": [0.2, 0.4], f"apart_{other}": [0.3 * seed, 0.1 * seed]}
    history |= {"loss_contrast": 0.5, "temperature": [0.07, 0.06]}
    names = {"dataset": "demo", "optimizer_name": "sgd", "variant": variant}
    run = folder / variant / f"seed-{seed}"
    run_record(seed, **names, model={"name": MODELS[variant]}).write(run / "run.json")
    pd.DataFrame({**history, "w_audio": 3.0}).to_parquet(run / "epochs.parquet")
    return run / "epochs.parquet"


@pytest.fixture
def material(tmp_path: Path) -> Material:
    """Two seeds of three variants."""
    return Material({"epochs": [write_run(tmp_path, v, seed) for v in MODELS for seed in (1, 2)]})


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Canvas]]:
    """The figures that are saved, kept as they are."""
    kept: list[Canvas] = []
    for module in (curves, distillation):
        monkeypatch.setattr(module, "save_figure", lambda canvas, output: kept.append(canvas))
    monkeypatch.setattr(pyplot, "close", lambda canvas: None)
    yield kept
    monkeypatch.undo()
    pyplot.close("all")


def panels(drawn: list[Canvas]) -> list[Axes]:
    return [panel for panel in drawn[0].axes if panel.get_visible()]


def test_lines_are_means_over_the_seeds(drawn: list[Canvas], material: Material) -> None:
    gradients.draw(Gradients(title="", panels=[["no-gb"]]), material, TITLES, Path())
    (panel,) = panels(drawn)
    assert panel.get_title() == "Demo: A only"
    text, audio = panel.get_lines()
    assert (text.get_label(), list(text.get_ydata())) == ("text (vectors)", [8, 8])
    assert (audio.get_label(), list(audio.get_ydata())) == ("audio", [1, 1])


def test_panels_of_one_model_have_one_scale(drawn: list[Canvas], material: Material) -> None:
    figure = Gradients(title="", panels=[["no-gb", "concat"], ["gb"]])
    gradients.draw(figure, material, TITLES, Path())
    tops = {panel.get_title(): panel.get_ylim()[1] for panel in panels(drawn)}
    assert tops["Demo: A only"] == tops["Demo: both"] > 12
    assert tops["Demo: neither"] > 27
    assert {panel.get_ylim()[0] for panel in panels(drawn)} == {0}


def test_variants_without_histories_have_no_panel(drawn: list[Canvas], material: Material) -> None:
    figure = Gradients(title="", panels=[["gb", "nosuch"], ["nosuch"]])
    gradients.draw(figure, material, TITLES, Path())
    assert [panel.get_title() for panel in panels(drawn)] == ["Demo: both"]


def test_shares_are_stacked_up_to_100(drawn: list[Canvas], material: Material) -> None:
    figure = FusionWeights(title="", kind="fusion_weights", panels=[["gb"]])
    fusion_weights.draw(figure, material, TITLES, Path())
    (panel,) = panels(drawn)
    heights = [[bar.get_height() for bar in bars] for bars in panel.containers]
    assert heights == [[25, 25], [75, 75]]
    assert panel.get_ylim() == (0, 100)


def test_generated_labels_are_drawn_with_their_deviation(
    drawn: list[Canvas], material: Material
) -> None:
    figure = UnimodalLabels(title="", kind="unimodal_labels", panels=[["gb", "no-gb"]])
    unimodal_labels.draw(figure, material, TITLES, Path())
    for panel in panels(drawn):
        mean, below, above = panel.get_lines()
        assert (mean.get_label(), list(mean.get_ydata())) == ("audio", [0.5, -0.75])
        assert list(below.get_ydata()) == [-0.5, -2.75]
        assert list(above.get_ydata()) == [1.5, 1.25]
        assert panel.get_ylim()[0] < -2.75
    assert {panel.get_ylim() for panel in panels(drawn)} == {panels(drawn)[0].get_ylim()}


@pytest.mark.parametrize(
    ("shows", "mean", "expected"),
    [("weights", [0, 0.375], [0, 0, 0.25, 0.5]), ("clamped", [0, 3], [0, 0, 2, 4])],
)
def test_weights_and_clamped_labels_have_a_band_over_the_seeds(
    drawn: list[Canvas], material: Material, shows: str, mean: list[float], expected: list[float]
) -> None:
    figure = UnimodalLabels(title="", kind="unimodal_labels", panels=[["gb"]], shows=shows)
    unimodal_labels.draw(figure, material, TITLES, Path())
    (panel,) = panels(drawn)
    assert list(panel.get_lines()[0].get_ydata()) == mean
    assert band(panel) == expected
    assert panel.get_ylim()[0] == 0


def test_student_and_teacher_have_a_panel_per_quantity_and_a_line_per_variant(
    drawn: list[Canvas], material: Material
) -> None:
    figure = Distillation(title="", kind="distillation", variants=["gb", "no-gb", "concat"])
    distillation.draw(figure, material, TITLES, Path())
    alpha, contrast, temperature, apart = panels(drawn)
    shown = {line.get_label(): list(line.get_ydata()) for line in alpha.get_lines()}
    assert shown == {"A only": [0.2, 0.4], "both": [0.2, 0.4]}
    assert len(contrast.get_lines()) == len(temperature.get_lines()) == 3
    # where the teacher counts, the student is the other one
    for line in apart.get_lines():
        assert list(line.get_ydata()) == pytest.approx([0.45, 0.15])
    assert band(apart) == pytest.approx([0.3, 0.6, 0.1, 0.2])
    colors = {line.get_label(): line.get_color() for line in contrast.get_lines()}
    assert len(set(colors.values())) == 3
    assert all(line.get_color() == colors[line.get_label()] for line in apart.get_lines())


def band(panel: Axes) -> list[float]:
    """The lowest and the highest number of the band, epoch by epoch."""
    corners = pd.DataFrame(panel.collections[0].get_paths()[0].vertices, columns=["epoch", "y"])
    return corners.groupby("epoch")["y"].agg(["min", "max"]).to_numpy().flatten().tolist()
