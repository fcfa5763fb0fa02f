"""The curves of one run, over its epochs."""

from collections.abc import Sequence
from itertools import cycle
from pathlib import Path
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from evenfuse.parts import facts
from evenfuse.report.runs import FoundRun
from evenfuse.report.style import OTHERS, color_of, figure_grid, save_figure

BEST = "#D55E00"


class Quantity(NamedTuple):
    """What a run logs per modality: its title, the factor that it is drawn with, its bound."""

    title: str
    factor: float = 1
    top: float | None = None


PER_MODALITY = {
    "g": Quantity("mean |gradient| g (10⁻³)", 1e3),
    "w": Quantity("fusion weight w"),
    "a": Quantity("attention weight a", top=1),
}


def plot_run(run: FoundRun, output: Path) -> None:
    """Draw loss, validation score, and what there is per modality: g (7), w (10), a (12).

    Auxiliary losses are beside that of the task, each with its weight. A dotted line in every panel
    marks the epoch that was selected.
    """
    modalities = run.settings.modalities
    shown = [name for name in PER_MODALITY if f"{name}_{modalities[0]}" in run.rows]
    with figure_grid(2 if shown else 1, 3 if shown else 2) as (figure, panels):
        above, below = panels[0], panels[1] if shown else []
        _draw(above[0], run, f"training loss ({run.settings.training.loss})", "train_loss")
        _draw_auxiliary(above[0], run)
        _draw(above[1], run, _score_title(run), f"valid_{run.metric}")
        for name, panel in zip(shown, below, strict=False):
            _draw_modalities(panel, run, name, modalities)
        for panel in (*above[2:], *below[len(shown) :]):
            panel.axis("off")
        if shown:
            handles, labels = below[0].get_legend_handles_labels()
            above[2].legend(handles, labels, loc="lower left", title="modality", fontsize="large")
        figure.suptitle(_heading(run), x=0.01, horizontalalignment="left", fontsize="large")
        save_figure(figure, output)


def _heading(run: FoundRun) -> str:
    own = run.settings
    names = ", ".join((own.dataset, own.optimizer_name, own.variant))
    epochs = f"{len(run.rows)} of at most {own.training.epochs} epochs"
    best = f"best {run.metric} {run.best_score:.4f} in epoch {run.best_epoch}"
    return f"{names}, seed {own.seed}: {run.state}, {epochs}, {best}"


def _score_title(run: FoundRun) -> str:
    higher = facts("metrics", run.settings.metrics).FAMILY.metrics[run.metric].higher_is_better
    return f"validation {run.metric} ({'higher' if higher else 'lower'} is better)"


def _draw(panel: Axes, run: FoundRun, title: str, column: str) -> None:
    values = run.rows[column]
    panel.plot(run.rows["epoch"], values, ".-", color="black")
    _frame(panel, run, title)
    panel.plot(run.best_epoch, values[run.best_epoch - 1], "o", color=BEST)


def _draw_auxiliary(panel: Axes, run: FoundRun) -> None:
    losses = run.rows.filter(regex="^loss_").items()
    for (column, values), color in zip(losses, cycle(OTHERS)):
        name = str(column).removeprefix("loss_")
        panel.plot(run.rows["epoch"], values, ".--", color=color, label=f"beside it: {name}")
    if panel.get_legend_handles_labels()[0]:
        panel.legend()


def _draw_modalities(panel: Axes, run: FoundRun, name: str, modalities: Sequence[str]) -> None:
    quantity = PER_MODALITY[name]
    for modality in modalities:
        color = color_of(modality, list(modalities))
        values = quantity.factor * run.rows[f"{name}_{modality}"]
        panel.plot(run.rows["epoch"], values, ".-", color=color, label=modality)
    _frame(panel, run, quantity.title)
    panel.set_ylim(0, quantity.top)


def _frame(panel: Axes, run: FoundRun, title: str) -> None:
    panel.set_title(title, loc="left")
    panel.set_xlabel("epoch")
    panel.xaxis.set_major_locator(MaxNLocator(integer=True))
    panel.axvline(run.best_epoch, color=BEST, linestyle=":")
