"""Tables of seconds per epoch, measured in one process."""

from statistics import median

import pandas as pd

from evenfuse.records.timings import TimedModel, Timing
from evenfuse.report.material import Material
from evenfuse.report.published import SECONDS, Identity, columns, note, published
from evenfuse.report.sections import DEMO, Section
from evenfuse.settings.tables.seconds import Settings
from evenfuse.settings.titles import Titles


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make one section per timing, that is per dataset."""
    made = []
    for timing in material.timings():
        rows = _rows(table, timing, titles)
        title = f"{titles.datasets[timing.dataset]}: {table.title}"
        made.append(Section(title, rows, _note(timing) + _papers_note(table, rows)))
    return made


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per model and epoch, as measured."""
    shared = ("dataset", "n_train", "device", "threads", "generated_data")
    return pd.DataFrame(
        {
            **{name: getattr(timing, name) for name in shared},
            **{name: getattr(model, name) for name in ("optimizer", "variant", "parameters")},
            "turn": turn,
            "seconds": seconds,
        }
        for timing in material.timings()
        for model in timing.models
        for turn, seconds in enumerate(model.seconds, start=1)
    )


def _rows(table: Settings, timing: Timing, titles: Titles) -> pd.DataFrame:
    models = timing.models
    papers = [published(table, _identity(timing, model), titles) for model in models]
    printed = [f"{paper[SECONDS].value:.2f}" if paper else None for paper in papers]
    medians = [f"{median(model.seconds):.2f}" for model in models]
    spans = [f"{min(m.seconds):.2f} to {max(m.seconds):.2f}" for m in models]
    return pd.DataFrame(
        {
            "optimizer": [titles.optimizers[model.optimizer] for model in models],
            "method": [titles.variants[model.variant] for model in models],
            "parameters": [f"{model.parameters:,}" for model in models],
            **columns("seconds", medians, printed),
            "lowest to highest": spans,
        }
    )


def _identity(timing: Timing, model: TimedModel) -> Identity:
    return Identity(timing.dataset, model.variant, model.algorithm, timing.generated_data)


def _note(timing: Timing) -> str:
    origin = DEMO if timing.generated_data else ""
    epochs, threads = len(timing.models[0].seconds), timing.threads
    return (
        f"{origin}Median of {epochs} epochs on {timing.n_train} training segments, after one to "
        f"warm up; all models in one process, in turns; {timing.device}, {threads} CPU "
        f"thread{'s' if threads > 1 else ''}."
    )


def _papers_note(table: Settings, rows: pd.DataFrame) -> str:
    said = note(table, rows)
    return f"{said} Its hardware is unknown." if said else ""
