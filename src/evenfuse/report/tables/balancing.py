"""Tables of balancers: test scores, what each modality has learnt, seconds beside one arm's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median

import numpy as np
import pandas as pd

from evenfuse.errors import choose
from evenfuse.records.shares import ArmShares
from evenfuse.records.timings import Timing
from evenfuse.report.material import Material
from evenfuse.report.sections import Section
from evenfuse.report.style import label_of
from evenfuse.report.tables import scores
from evenfuse.settings.tables.balancing import Settings
from evenfuse.settings.titles import Titles

SHARES = (
    " Learnt: the share of the variance of a modality's planted part that a linear probe reads "
    "from its representation on the test split, in %."
)
SECONDS = " Time: median seconds of a training epoch, those of {reference} as 1."

Columns = Mapping[str, Sequence[str]]


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make the sections of a table of scores, with more columns in those of the datasets."""
    of_scores, arms = scores.sections(table, material, titles), material.shares()
    datasets = {f"{titles.datasets[arm.dataset]}: {table.title}": arm.dataset for arm in arms}
    timings = {timing.dataset: timing for timing in material.timings()}
    reference = titles.variants[table.relative_to]
    made = []
    for section in of_scores:
        if dataset := datasets.get(section.title):
            own = [arm for arm in arms if arm.dataset == dataset]
            learnt = _learnt(own)
            more = {**learnt, "time": _times(table, own, timings[dataset])}
            note = section.note + (SHARES if learnt else "") + SECONDS.format(reference=reference)
            section = replace(section, rows=_beside(section.rows, more), note=note)
        made.append(section)
    return made


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per arm, modality and seed: the share learnt."""
    return pd.DataFrame(
        {
            **dict(zip(("dataset", "optimizer", "variant"), arm.key, strict=True)),
            "modality": modality,
            "seed": seed,
            "share": share,
            "n_train": arm.n_train,
            "n_test": arm.n_test,
        }
        for arm in material.shares()
        for modality, shares in arm.shares.items()
        for seed, share in zip(arm.seeds, shares, strict=True)
    )


def _learnt(arms: Sequence[ArmShares]) -> dict[str, list[str]]:
    modalities = dict.fromkeys(name for arm in arms for name in arm.shares)
    return {
        f"{label_of(name)} learnt": [_spread(arm.shares.get(name, [])) for arm in arms]
        for name in modalities
    }


def _spread(shares: Sequence[float]) -> str:
    if not shares:
        return "-"
    mean = f"{100 * np.mean(shares):.0f}"
    return f"{mean} ± {100 * np.std(shares, ddof=1):.0f}" if len(shares) > 1 else mean


def _times(table: Settings, arms: Sequence[ArmShares], timing: Timing) -> list[str]:
    seconds = {(model.optimizer, model.variant): median(model.seconds) for model in timing.models}
    variants = {variant: variant for _, variant in seconds}
    reference = choose("variant", table.relative_to, variants)
    return [
        f"{seconds[arm.optimizer, arm.variant] / seconds[arm.optimizer, reference]:.2f}"
        for arm in arms
    ]


def _beside(rows: pd.DataFrame, more: Columns) -> pd.DataFrame:
    """Add columns that the rows of arms, which come first, have numbers in."""
    return rows.assign(**{n: [*c, *[""] * (len(rows) - len(c))] for n, c in more.items()})
