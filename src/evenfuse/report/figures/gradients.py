"""Gradient magnitudes over the epochs."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from evenfuse.report.curves import draw_with_band, modalities_of, plot
from evenfuse.report.material import Material
from evenfuse.report.style import color_of, label_of
from evenfuse.settings.figures.gradients import Settings
from evenfuse.settings.titles import Titles


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw g_i (7): the mean over the seeds, with a band from the lowest to the highest."""
    plot(figure, material, titles, output, _draw, "mean |gradient| (10⁻³)")


def _draw(panel: Axes, history: pd.DataFrame) -> None:
    modalities = modalities_of(history, "g")
    for modality in modalities:
        magnitudes = 1e3 * history.set_index("epoch")[f"g_{modality}"]
        color = color_of(modality, modalities)
        draw_with_band(panel, magnitudes, color, label_of(modality))
