"""One look for all figures."""

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from evenfuse.files import write_aside

# Okabe and Ito's palette, told apart by colour-blind readers too
COLORS = {"text": "#0072B2", "audio": "#E69F00", "video": "#009E73"}
LABELS = {"vectors": "text (vectors)"}
OTHERS = ("#CC79A7", "#56B4E9", "#D55E00")
LOOK: dict[Any, Any] = {
    "figure.dpi": 100,
    "savefig.dpi": 160,
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.3,
    "legend.frameon": False,
    "svg.hashsalt": "evenfuse",  # the same figure gives the same file
}


def color_of(modality: str, modalities: list[str]) -> str:
    """Return the colour of a modality, the same in every figure."""
    known = {**COLORS, "vectors": COLORS["text"]}  # words are text, as vectors too
    unknown = [name for name in modalities if name not in known]
    return known.get(modality) or OTHERS[unknown.index(modality) % len(OTHERS)]


def label_of(modality: str) -> str:
    """Return what a legend calls a modality."""
    return LABELS.get(modality, modality)


def lines_of(title: str, width: int) -> str:
    """Return a title in lines of so many characters; with `parse_math=False` it is text alone."""
    return textwrap.fill(title, width, break_on_hyphens=False)


@contextmanager
def figure_grid(rows: int, columns: int) -> Iterator[tuple[Figure, list[list[Axes]]]]:
    """Give a figure with a grid of panels in the common look, and close it in the end."""
    with plt.rc_context(LOOK):
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(1.6 + 3.6 * columns, 0.8 + 2.4 * rows),
            squeeze=False,
            layout="constrained",
        )
        try:
            yield figure, [list(row) for row in axes]
        finally:
            plt.close(figure)


def legend_beside(figure: Figure, panels: list[Axes], title: str) -> None:
    """Put one legend of all panels beside the figure, where it hides nothing."""
    found = [panel.get_legend_handles_labels() for panel in panels]
    handles = {name: handle for pair in found for handle, name in zip(*pair, strict=True)}
    figure.legend(handles.values(), handles, loc="outside right upper", title=title)


def save_figure(figure: Figure, stem: Path) -> None:
    """Write the figure as SVG and PNG."""
    for suffix in (".svg", ".png"):
        with write_aside(stem.with_suffix(suffix)) as aside:
            metadata = {"Date": None} if suffix == ".svg" else None
            figure.savefig(aside, format=suffix[1:], metadata=metadata)
