"""Curves of test scores over the share of rows that are missing."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from matplotlib.axes import Axes

from evenfuse.errors import choose
from evenfuse.records.missing import ArmMissing
from evenfuse.report.material import Material
from evenfuse.report.style import figure_grid, legend_beside, lines_of, save_figure
from evenfuse.settings.figures.missing import Settings
from evenfuse.settings.titles import Titles


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw a row of panels per dataset and optimizer, a panel per metric, a line per arm."""
    arms = material.missing()
    rows = [list(own) for _, own in groupby(arms, lambda arm: (arm.dataset, arm.optimizer))]
    shown = [figure.metrics or list(own[0].family.shown) for own in rows]
    with figure_grid(len(rows), max(map(len, shown))) as (canvas, panels):
        for own, metrics, axes in zip(rows, shown, panels, strict=True):
            for metric, panel in zip(metrics, axes, strict=False):
                _draw(panel, own, metric, titles)
            for panel in axes[len(metrics) :]:
                panel.set_visible(False)
            axes[0].set_ylabel(titles.optimizers[own[0].optimizer], parse_math=False)
        legend_beside(canvas, [panel for axes in panels for panel in axes], "method")
        save_figure(canvas, output)


def _draw(panel: Axes, arms: Sequence[ArmMissing], name: str, titles: Titles) -> None:
    metric = choose("metric", name, arms[0].family.metrics)
    scale = 100 if metric.percent else 1
    for arm in arms:
        curve = arm.curve()
        rates = [100 * condition.rate for condition in curve]
        seeds = [[scale * score for score in each.scores[name].per_seed] for each in curve]
        label = lines_of(titles.variants[arm.variant], 40)
        (line,) = panel.plot(rates, [sum(each) / len(each) for each in seeds], label=label)
        band = [min(each) for each in seeds], [max(each) for each in seeds]
        panel.fill_between(rates, *band, color=line.get_color(), alpha=0.2, linewidth=0)
    panel.set_title(f"{titles.datasets[arms[0].dataset]}: {name}", parse_math=False)
    panel.set_xlabel("rows missing (%)")
