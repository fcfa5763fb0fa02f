"""Figures of what happens during training, over the epochs."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.report.style import color_of, figure_grid, legend_beside, save_figure
from evenfuse.report.titles import Titles


def plot_gradients(histories: pd.DataFrame, titles: Titles, output: Path) -> None:
    """Draw g_i (7) over the epochs: a row per dataset and optimizer, a column per variant.

    The form of the paper's figures 1 and 6: the mean over the seeds, with a band from the lowest
    to the highest. The columns are the two variants of the first comparison.
    """
    pair = titles.comparisons[0]
    variants = [v for v in (pair.without, pair.having) if v in set(histories["variant"])]
    rows = _rows(histories)
    with figure_grid(len(rows), len(variants)) as (figure, panels):
        for (dataset, optimizer), own, axes in zip(rows, rows.values(), panels, strict=True):
            axes[0].set_ylabel(f"{titles.optimizers[optimizer]}\nmean |gradient| (10⁻³)")
            for variant, panel in zip(variants, axes, strict=True):
                panel.sharey(axes[0])
                panel.set_title(f"{titles.datasets[dataset]}: {titles.variants[variant]}")
                _draw_gradients(panel, own[own["variant"] == variant])
        for panel in panels[-1]:
            panel.set_xlabel("epoch")
        legend_beside(figure, panels[0][0])
        save_figure(figure, output)


def plot_fusion_weights(histories: pd.DataFrame, titles: Titles, output: Path) -> None:
    """Draw each modality's share of the fusion weights w after every epoch, as stacked bars.

    The form of the paper's figure 5: the mean over the seeds, a panel per dataset and optimizer,
    for the variant that has B-fusion.
    """
    having = histories[histories["variant"] == titles.comparisons[0].having]
    rows = _rows(having)
    with figure_grid(1, len(rows)) as (figure, panels):
        for (dataset, optimizer), own, panel in zip(rows, rows.values(), panels[0], strict=True):
            panel.set_title(f"{titles.datasets[dataset]}, {titles.optimizers[optimizer]}")
            panel.set_xlabel("epoch")
            _draw_shares(panel, own)
        panels[0][0].set_ylabel("share of fusion weights w (%)")
        legend_beside(figure, panels[0][0])
        save_figure(figure, output)


def _rows(histories: pd.DataFrame) -> Mapping[tuple[str, str], pd.DataFrame]:
    keys = histories[["dataset", "optimizer"]].drop_duplicates().itertuples(index=False)
    return {
        (str(dataset), str(optimizer)): histories[
            (histories["dataset"] == dataset) & (histories["optimizer"] == optimizer)
        ]
        for dataset, optimizer in keys
    }


def _modalities(history: pd.DataFrame, prefix: str) -> list[str]:
    numbers = history.filter(regex=f"^{prefix}_").dropna(axis="columns", how="all")
    return [str(column).removeprefix(f"{prefix}_") for column in numbers]


def _draw_gradients(panel: Axes, history: pd.DataFrame) -> None:
    modalities = _modalities(history, "g")
    for modality in modalities:
        by_epoch = 1e3 * history.groupby("epoch")[f"g_{modality}"].agg(["mean", "min", "max"])
        color = color_of(modality, modalities)
        band = by_epoch["min"], by_epoch["max"]
        panel.plot(by_epoch.index, by_epoch["mean"], color=color, label=modality)
        panel.fill_between(by_epoch.index, *band, color=color, alpha=0.2, linewidth=0)
    panel.set_ylim(bottom=0)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))


def _draw_shares(panel: Axes, history: pd.DataFrame) -> None:
    modalities = _modalities(history, "w")
    weights = history.groupby("epoch")[[f"w_{modality}" for modality in modalities]].mean()
    shares = 100 * weights.div(weights.sum(axis=1), axis=0)
    bottom = pd.Series(0.0, index=shares.index)
    for modality in modalities:
        share = shares[f"w_{modality}"]
        color = color_of(modality, modalities)
        panel.bar(shares.index, share, bottom=bottom, width=0.9, color=color, label=modality)
        bottom = bottom + share
    panel.set_ylim(0, 100)
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
