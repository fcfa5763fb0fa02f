"""Generated labels of single modalities over the epochs."""

from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from evenfuse.report.curves import draw_with_band, modalities_of, plot
from evenfuse.report.material import Material
from evenfuse.report.style import color_of, label_of
from evenfuse.settings.figures.unimodal_labels import Settings
from evenfuse.settings.titles import Titles


class Quantity(NamedTuple):
    """A column of the history, per modality, and what is said of it at the left of a row."""

    column: str
    unit: str


QUANTITIES = {
    "labels": Quantity("label", "generated label"),
    "weights": Quantity("weight_of_label", "weight W of the labels"),
    "clamped": Quantity("clamped", "clamped labels in an epoch"),
}


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw the labels with their deviation, or their weights or the clamped ones with a band."""
    shown = QUANTITIES[figure.shows]
    plot(figure, material, titles, output, partial(_draw, column=shown.column), shown.unit)


def _draw(panel: Axes, history: pd.DataFrame, column: str) -> None:
    modalities = modalities_of(history, column)
    for modality in modalities:
        color, name = color_of(modality, modalities), f"{column}_{modality}"
        if column != "label":
            values = history.set_index("epoch")[name]
            draw_with_band(panel, values, color, label_of(modality))
            continue
        by_epoch = history.groupby("epoch")[[name, f"deviation_of_{name}"]].mean()
        mean, deviation = by_epoch[name], by_epoch[f"deviation_of_{name}"]
        panel.plot(mean.index, mean, color=color, label=label_of(modality))
        for edge in (mean - deviation, mean + deviation):
            panel.plot(edge.index, edge, ":", color=color)
