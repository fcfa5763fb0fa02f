"""Shares of the planted parts that the arms have learnt."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from evenfuse.errors import EvenfuseError
from evenfuse.records.shares import ArmShares
from evenfuse.report.material import Material
from evenfuse.report.style import color_of, figure_grid, label_of, lines_of, save_figure
from evenfuse.settings.figures.modality_shares import Settings
from evenfuse.settings.titles import Titles


def draw(figure: Settings, material: Material, titles: Titles, output: Path) -> None:
    """Draw a bar for each arm: a row of panels per dataset and optimizer, a panel per modality."""
    arms = [arm for arm in material.shares() if arm.shares]
    if not arms:
        raise EvenfuseError(
            f"the figure '{figure.title}' shows what arms have learnt of a planted truth, and no "
            "arm has any to show; draw it for generated data and late-fusion models"
        )
    rows = [list(own) for _, own in groupby(arms, lambda arm: arm.key[:2])]
    modalities = list(dict.fromkeys(name for arm in arms for name in arm.shares))
    with figure_grid(len(rows), len(modalities)) as (canvas, panels):
        for own, axes in zip(rows, panels, strict=True):
            for modality, panel in zip(modalities, axes, strict=True):
                _draw(panel, own, modality, color_of(modality, modalities), titles)
            _name_arms(axes, own, titles)
        save_figure(canvas, output)


def _draw(
    panel: Axes, arms: Sequence[ArmShares], modality: str, color: str, titles: Titles
) -> None:
    for place, arm in enumerate(arms):
        shares = 100 * np.array(arm.shares.get(modality, []))
        if len(shares):
            panel.barh(place, shares.mean(), color=color, alpha=0.6)
            panel.plot(shares, np.full(len(shares), place), ".", color="black", markersize=4)
    panel.set_title(f"{titles.datasets[arms[0].dataset]}: {label_of(modality)}", parse_math=False)
    panel.set_xlabel("share of the planted part (%)")
    panel.set_xlim(min(0, panel.get_xlim()[0]), 100)


def _name_arms(axes: Sequence[Axes], arms: Sequence[ArmShares], titles: Titles) -> None:
    names = [lines_of(titles.variants[arm.variant], 40) for arm in arms]
    for panel in axes:
        panel.set_yticks(range(len(arms)), names if panel is axes[0] else [], parse_math=False)
        panel.set_ylim(len(arms) - 0.5, -0.5)
    axes[0].set_ylabel(titles.optimizers[arms[0].optimizer], parse_math=False)
