"""Tables of hyper-parameters: what a grid has chosen on the validation split."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from evenfuse.records.choices import Choice
from evenfuse.report.material import Material
from evenfuse.report.published import Identity, columns, published
from evenfuse.report.published import note as papers_note
from evenfuse.report.sections import Section
from evenfuse.settings.tables.hyperparameters import Settings
from evenfuse.settings.titles import Titles

Choices = Mapping[tuple[str, ...], Choice]


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make a section per dataset, with a row for each setting of the grid of each arm."""
    made, choices = [], material.choices()
    for dataset in dict.fromkeys(key[0] for key in choices):
        own = {key: choice for key, choice in choices.items() if key[0] == dataset}
        rows = _shown(table, own, titles)
        note = " ".join(dict.fromkeys(map(_note, own.values()))) + papers_note(table, rows)
        made.append(Section(f"{titles.datasets[dataset]}: {table.title}", rows, note))
    return made


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per arm and setting: the values tried, and the one chosen."""
    return pd.DataFrame(_rows(material.choices()))


def _rows(choices: Choices) -> Iterator[dict[str, Any]]:
    for (dataset, optimizer, variant), choice in choices.items():
        for setting, chosen in choice.winner.items():
            tried = dict.fromkeys(point.settings[setting] for point in choice.points)
            yield {
                "dataset": dataset,
                "optimizer": optimizer,
                "variant": variant,
                "setting": setting,
                "tried": ", ".join(map(_words, tried)),
                "chosen": chosen,
            }


def _shown(table: Settings, choices: Choices, titles: Titles) -> pd.DataFrame:
    rows = list(_rows(choices))
    return pd.DataFrame(
        {
            "optimizer": [titles.optimizers[row["optimizer"]] for row in rows],
            "method": [titles.variants[row["variant"]] for row in rows],
            "setting": [row["setting"] for row in rows],
            "tried": [row["tried"] for row in rows],
            **columns(
                "choice",
                [_words(row["chosen"]) for row in rows],
                [_printed(table, row, titles) for row in rows],
            ),
        }
    )


def _printed(table: Settings, row: Mapping[str, Any], titles: Titles) -> str | None:
    ours = Identity(row["dataset"], row["variant"], row["optimizer"], generated_data=False)
    paper = published(table, ours, titles)
    return _words(paper[row["setting"]].value) if row["setting"] in paper else None


def _words(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _note(choice: Choice) -> str:
    seeds = ", ".join(map(str, choice.seeds))
    return (
        f"Chosen by the mean validation {choice.metric} of the best epochs on {choice.n_valid} "
        f"segments, of {len(choice.points)} points; seeds {seeds}. The test split has no part in "
        "it."
    )
