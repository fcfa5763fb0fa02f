"""The curves of one run, over its epochs."""

from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.report.runs import RunRecord
from evenfuse.report.style import color_of, figure_grid, legend_beside, save_figure

PER_MODALITY = {
    "g": "mean |gradient|",
    "w": "fusion weight w",
    "a": "attention weight a",
}


def plot_run(run: RunRecord, output: Path) -> None:
    """Draw loss, validation score, and what there is per modality: g (7), w (10), a (12)."""
    modalities = list(run.settings["modalities"])
    shown = [name for name in PER_MODALITY if f"{name}_{modalities[0]}" in run.rows]
    with figure_grid(1, 2 + len(shown)) as (figure, panels):
        loss, score, *others = panels[0]
        _draw_loss(loss, run)
        _draw_score(score, run)
        for name, panel in zip(shown, others, strict=True):
            _draw_modalities(panel, run.rows, name, modalities)
        for panel in panels[0]:
            panel.set_xlabel("epoch")
            panel.xaxis.set_major_locator(MaxNLocator(integer=True))
        if others:
            legend_beside(figure, others)
        figure.suptitle(f"{run.folder} ({run.state})", fontsize="medium")
        save_figure(figure, output)


def _draw_loss(panel: Axes, run: RunRecord) -> None:
    panel.plot(run.rows["epoch"], run.rows["train_loss"], color="black")
    panel.set_ylabel(f"training loss ({run.settings['training']['loss']})")


def _draw_score(panel: Axes, run: RunRecord) -> None:
    scores = run.rows[f"valid_{run.metric}"]
    panel.plot(run.rows["epoch"], scores, color="black")
    best = (run.best_epoch, scores[run.best_epoch - 1])
    panel.plot(*best, "o", color="#D55E00")
    panel.annotate(
        "best", (run.best_epoch, scores[run.best_epoch - 1]), (4, 4), textcoords="offset points"
    )
    panel.set_ylabel(f"validation {run.metric}")


def _draw_modalities(panel: Axes, rows: pd.DataFrame, name: str, modalities: list[str]) -> None:
    for modality in modalities:
        color = color_of(modality, modalities)
        panel.plot(rows["epoch"], rows[f"{name}_{modality}"], color=color, label=modality)
    panel.set_ylabel(PER_MODALITY[name])
    panel.set_ylim(bottom=0)
