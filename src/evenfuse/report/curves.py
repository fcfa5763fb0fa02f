"""Figures of what happens during training, over the epochs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.report.style import color_of, figure_grid, label_of, legend_beside, save_figure
from evenfuse.report.titles import Titles
from evenfuse.settings.study import Figure

Draw = Callable[[Axes, pd.DataFrame], None]


class PanelRow(NamedTuple):
    """A row of panels: the histories of some variants of one dataset and optimizer."""

    dataset: str
    optimizer: str
    variants: dict[str, pd.DataFrame]


def plot(figure: Figure, histories: pd.DataFrame, titles: Titles, output: Path) -> None:
    """Draw a figure's panels for every dataset and optimizer that has histories of its variants.

    Gradients are g_i (7), the mean over the seeds with a band from the lowest to the highest;
    fusion weights are each modality's share of w, the mean over the seeds as stacked bars.
    Panels of one model, dataset and optimizer have one scale.
    """
    draw, unit = DRAWN[figure.draws]
    rows = list(_rows(figure, histories))
    with figure_grid(len(rows), max(len(row.variants) for row in rows)) as (canvas, panels):
        for row, axes in zip(rows, panels, strict=True):
            _draw_row(row, axes, draw, titles)
            axes[0].set_ylabel(f"{titles.optimizers[row.optimizer]}\n{unit}")
        _level(rows, panels)
        legend_beside(canvas, [panel for axes in panels for panel in axes])
        save_figure(canvas, output)


def _rows(figure: Figure, histories: pd.DataFrame) -> Iterator[PanelRow]:
    for (dataset, optimizer), own in histories.groupby(["dataset", "optimizer"], sort=False):
        by_variant: dict[Any, pd.DataFrame] = dict(iter(own.groupby("variant")))
        for variants in figure.panels:
            there = {name: by_variant[name] for name in variants if name in by_variant}
            if there:
                yield PanelRow(str(dataset), str(optimizer), there)


def _draw_row(row: PanelRow, axes: list[Axes], draw: Draw, titles: Titles) -> None:
    for (variant, history), panel in zip(row.variants.items(), axes, strict=False):
        panel.set_title(f"{titles.datasets[row.dataset]}: {titles.variants[variant]}")
        panel.set_xlabel("epoch")
        draw(panel, history)
        panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    for panel in axes[len(row.variants) :]:
        panel.set_visible(False)


def _level(rows: list[PanelRow], panels: list[list[Axes]]) -> None:
    groups = defaultdict(list)
    for row, axes in zip(rows, panels, strict=True):
        for history, panel in zip(row.variants.values(), axes, strict=False):
            groups[row.dataset, row.optimizer, history["model"].iloc[0]].append(panel)
    for group in groups.values():
        top = max(panel.get_ylim()[1] for panel in group)
        for panel in group:
            panel.set_ylim(0, top)


def _modalities(history: pd.DataFrame, prefix: str) -> list[str]:
    numbers = history.filter(regex=f"^{prefix}_").dropna(axis="columns", how="all")
    return [str(column).removeprefix(f"{prefix}_") for column in numbers]


def _draw_gradients(panel: Axes, history: pd.DataFrame) -> None:
    modalities = _modalities(history, "g")
    for modality in modalities:
        by_epoch = 1e3 * history.groupby("epoch")[f"g_{modality}"].agg(["mean", "min", "max"])
        color = color_of(modality, modalities)
        band = by_epoch["min"], by_epoch["max"]
        panel.plot(by_epoch.index, by_epoch["mean"], color=color, label=label_of(modality))
        panel.fill_between(by_epoch.index, *band, color=color, alpha=0.2, linewidth=0)


def _draw_shares(panel: Axes, history: pd.DataFrame) -> None:
    modalities = _modalities(history, "w")
    weights = history.groupby("epoch")[[f"w_{modality}" for modality in modalities]].mean()
    shares = 100 * weights.div(weights.sum(axis=1), axis=0)
    bottom = pd.Series(0.0, index=shares.index)
    for modality in modalities:
        share, label = shares[f"w_{modality}"], label_of(modality)
        color = color_of(modality, modalities)
        panel.bar(shares.index, share, bottom=bottom, width=0.9, color=color, label=label)
        bottom = bottom + share
    panel.margins(y=0)


DRAWN: dict[str, tuple[Draw, str]] = {
    "gradients": (_draw_gradients, "mean |gradient| (10⁻³)"),
    "fusion_weights": (_draw_shares, "share of fusion weights w (%)"),
}
