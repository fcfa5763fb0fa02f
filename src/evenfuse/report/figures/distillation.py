"""What happens between student and teacher over the epochs."""

from itertools import cycle
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.report.curves import draw_with_band
from evenfuse.report.material import Material
from evenfuse.report.style import COLORS, OTHERS, figure_grid, legend_beside, lines_of, save_figure
from evenfuse.settings.figures.distillation import Settings
from evenfuse.settings.titles import Titles

QUANTITIES = {
    "alpha": "teacher's share of the targets, alpha",
    "loss_contrast": "weighed loss of the contrast",
    "temperature": "temperature T",
    "apart": "|student - teacher|, validation",
}


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw a row of panels per dataset and optimizer: a quantity each, in lines by variant."""
    histories = material.histories()
    # the other network is the student where the teacher counts
    apart = histories.filter(regex="^apart_").mean(axis="columns")
    places = histories.assign(apart=apart).groupby(["dataset", "optimizer"], sort=False)
    with figure_grid(len(places), len(QUANTITIES)) as (canvas, panels):
        for ((dataset, optimizer), history), axes in zip(places, panels, strict=True):
            for column, panel in zip(QUANTITIES, axes, strict=True):
                _draw(panel, history, column, titles)
            side = f"{titles.datasets[str(dataset)]}\n{titles.optimizers[str(optimizer)]}"
            axes[0].set_ylabel(lines_of(side, 30), parse_math=False)
        legend_beside(canvas, [panel for axes in panels for panel in axes], "variant")
        save_figure(canvas, output)


def _draw(panel: Axes, history: pd.DataFrame, column: str, titles: Titles) -> None:
    panel.set(title=QUANTITIES[column], xlabel="epoch")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    variants = history.groupby("variant", sort=False)
    for (variant, own), color in zip(variants, cycle([*COLORS.values(), *OTHERS])):
        values = own.set_index("epoch").get(column, pd.Series(dtype=float)).dropna()
        if len(values):
            draw_with_band(panel, values, color, titles.variants[str(variant)])
    panel.set_ylim(bottom=0)
