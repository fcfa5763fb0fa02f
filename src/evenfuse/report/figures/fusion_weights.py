"""Shares of the fusion weights over the epochs."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from evenfuse.report.curves import modalities_of, plot
from evenfuse.report.material import Material
from evenfuse.report.style import color_of, label_of
from evenfuse.settings.figures.fusion_weights import Settings
from evenfuse.settings.titles import Titles


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw each modality's share of w (10): the mean over the seeds, as stacked bars."""
    plot(figure, material, titles, output, _draw, "share of fusion weights w (%)")


def _draw(panel: Axes, history: pd.DataFrame) -> None:
    modalities = modalities_of(history, "w")
    weights = history.groupby("epoch")[[f"w_{modality}" for modality in modalities]].mean()
    shares = 100 * weights.div(weights.sum(axis=1), axis=0)
    bottom = pd.Series(0.0, index=shares.index)
    for modality in modalities:
        share, label = shares[f"w_{modality}"], label_of(modality)
        color = color_of(modality, modalities)
        panel.bar(shares.index, share, bottom=bottom, width=0.9, color=color, label=label)
        bottom = bottom + share
    panel.margins(y=0)
