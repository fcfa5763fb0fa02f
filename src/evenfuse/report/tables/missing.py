"""Tables of what is left where modalities or rows are missing."""

from collections.abc import Sequence
from itertools import groupby, pairwise

import pandas as pd

from evenfuse.errors import choose
from evenfuse.records.missing import ArmMissing, Condition
from evenfuse.report.cells import cell, number
from evenfuse.report.material import Material
from evenfuse.report.sections import DEMO, Section
from evenfuse.report.style import label_of
from evenfuse.settings.metrics import Metric
from evenfuse.settings.tables.missing import Settings
from evenfuse.settings.titles import Titles

NOTE = (
    "{demo}{metric} of {seeds} seed{s} on {segments} test segments; a missing frame is the mean "
    "frame of the training split, a missing token [UNK].{more}"
)
AREA = " Area: below the curve of the score over the rate, divided by the width of the curve."


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make two sections per dataset: without modalities, and with rows missing."""
    made = []
    for dataset, group in groupby(material.missing(), lambda arm: arm.dataset):
        arms = list(group)
        name = table.metric or arms[0].family.shown[0]
        metric = choose("metric", name, arms[0].family.metrics)
        title = f"{titles.datasets[dataset]}: {table.title}"
        absent = _rows(arms, titles, [_subsets(arm, name, metric) for arm in arms])
        curves = _rows(arms, titles, [_curve(arm, name, metric) for arm in arms])
        made.append(Section(f"{title}, modalities absent", absent, _note(arms, name, "")))
        made.append(Section(f"{title}, rows missing", curves, _note(arms, name, AREA)))
    return made


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per arm, condition and metric, as computed."""
    return pd.DataFrame(
        {
            **{key: getattr(arm, key) for key in ("dataset", "optimizer", "variant")},
            "absent": "+".join(condition.absent),
            "rate": condition.rate,
            "metric": name,
            "mean": score.mean,
            "std": score.std,
            "ci95_low": score.ci95[0],
            "ci95_high": score.ci95[1],
            "n_seeds": len(arm.seeds),
            "n_test": arm.n_test,
            "mask_seed": arm.mask_seed,
            "generated_data": arm.generated_data,
        }
        for arm in material.missing()
        for condition in arm.conditions
        for name, score in condition.scores.items()
    )


def area(curve: Sequence[Condition], metric: str) -> float:
    """Return the area below the means of a curve, divided by its width; of one point its height."""
    points = [(condition.rate, condition.scores[metric].mean) for condition in curve]
    width = points[-1][0] - points[0][0]
    parts = [(b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points)]
    return sum(parts) / width if width else points[0][1]


def _subsets(arm: ArmMissing, name: str, metric: Metric) -> dict[str, str]:
    return {
        _without(condition): cell(metric, condition.scores[name]) for condition in arm.subsets()
    }


def _without(condition: Condition) -> str:
    # words are text, as vectors too
    absent = [label_of(modality).split(" ")[0] for modality in condition.absent]
    return f"without {', '.join(absent)}" if absent else "all"


def _curve(arm: ArmMissing, name: str, metric: Metric) -> dict[str, str]:
    curve = arm.curve()
    cells = {f"{100 * each.rate:g} %": cell(metric, each.scores[name]) for each in curve}
    return {**cells, "area": number(metric, area(curve, name))}


def _rows(
    arms: Sequence[ArmMissing], titles: Titles, cells: Sequence[dict[str, str]]
) -> pd.DataFrame:
    names = [
        {"optimizer": titles.optimizers[arm.optimizer], "method": titles.variants[arm.variant]}
        for arm in arms
    ]
    rows = [{**name, **own} for name, own in zip(names, cells, strict=True)]
    return pd.DataFrame(rows).fillna("-")


def _note(arms: Sequence[ArmMissing], name: str, more: str) -> str:
    seeds = len(arms[0].seeds)
    return NOTE.format(
        demo=DEMO if arms[0].generated_data else "",
        metric=name,
        seeds=seeds,
        s="s" if seeds > 1 else "",
        segments=arms[0].n_test,
        more=more,
    )
