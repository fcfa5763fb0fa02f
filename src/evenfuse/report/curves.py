"""Figures of what happens during training, over the epochs, in panels."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.report.material import Material
from evenfuse.report.style import figure_grid, legend_beside, lines_of, save_figure
from evenfuse.settings.figures import EpochFigure
from evenfuse.settings.titles import Titles

Draw = Callable[[Axes, pd.DataFrame], None]


class PanelRow(NamedTuple):
    """A row of panels: the histories of some variants of one dataset and optimizer."""

    dataset: str
    optimizer: str
    variants: dict[str, pd.DataFrame]


def plot(
    figure: EpochFigure, material: Material, titles: Titles, output: Path, draw: Draw, unit: str
) -> None:
    """Draw a figure's panels for every dataset and optimizer that has histories of its variants.

    `draw` fills a panel from the histories of an arm, `unit` stands at the left of each row.
    Panels of one model, dataset and optimizer have one scale.
    """
    rows = list(_rows(figure, material.histories()))
    with figure_grid(len(rows), max(len(row.variants) for row in rows)) as (canvas, panels):
        for row, axes in zip(rows, panels, strict=True):
            _draw_row(row, axes, draw, titles)
            side = f"{lines_of(titles.optimizers[row.optimizer], 30)}\n{unit}"
            axes[0].set_ylabel(side, parse_math=False)
        _level(rows, panels)
        legend_beside(canvas, [panel for axes in panels for panel in axes], "modality")
        save_figure(canvas, output)


def _rows(figure: EpochFigure, histories: pd.DataFrame) -> Iterator[PanelRow]:
    for (dataset, optimizer), own in histories.groupby(["dataset", "optimizer"], sort=False):
        by_variant: dict[Any, pd.DataFrame] = dict(iter(own.groupby("variant")))
        for variants in figure.panels:
            there = {name: by_variant[name] for name in variants if name in by_variant}
            if there:
                yield PanelRow(str(dataset), str(optimizer), there)


def _draw_row(row: PanelRow, axes: list[Axes], draw: Draw, titles: Titles) -> None:
    for (variant, history), panel in zip(row.variants.items(), axes, strict=False):
        title = f"{titles.datasets[row.dataset]}: {titles.variants[variant]}"
        panel.set_title(lines_of(title, 50), parse_math=False)
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
        below = [panel.get_ylim()[0] for panel in group if panel.dataLim.y0 < 0]
        for panel in group:
            panel.set_ylim(min(below, default=0), top)


def draw_with_band(panel: Axes, values: pd.Series, color: str, label: str) -> None:
    """Draw the mean over the seeds of values by epoch, with a band from the lowest to highest."""
    by_epoch = values.groupby(level="epoch").agg(["mean", "min", "max"])
    panel.plot(by_epoch.index, by_epoch["mean"], color=color, label=label)
    band = by_epoch["min"], by_epoch["max"]
    panel.fill_between(by_epoch.index, *band, color=color, alpha=0.2, linewidth=0)


def modalities_of(history: pd.DataFrame, prefix: str) -> list[str]:
    """Return the modalities of columns like `g_text` that have numbers."""
    numbers = history.filter(regex=f"^{prefix}_").dropna(axis="columns", how="all")
    return [str(column).removeprefix(f"{prefix}_") for column in numbers]
