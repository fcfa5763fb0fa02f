"""Inputs and options of the rules that make tables and figures."""

from collections.abc import Sequence
from typing import ClassVar

from evenfuse.digests import code_digest
from evenfuse.errors import choose
from evenfuse.parts import code_module
from evenfuse.planning.arguments import as_json, as_rst
from evenfuse.planning.files import ARM, CHOICE, MISSING, RUN
from evenfuse.settings.arms import ArmKey
from evenfuse.settings.config import Config
from evenfuse.settings.figures import Figure
from evenfuse.settings.tables import Table

OF_FIGURES = {
    "results": f"results/{ARM}.json",
    "predictions": f"results/{ARM}.predictions.parquet",
    "shares": f"results/shares/{ARM}.json",
    "heads": f"results/heads/{ARM}.json",
    "head_predictions": f"results/heads/{ARM}.predictions.parquet",
    "missing": MISSING,
    "references": "results/{dataset}.references.json",
    "epochs": f"{RUN}/epochs.parquet",
}
OF_TABLES = {
    **OF_FIGURES,
    "choices": CHOICE,
    "seconds": "results/seconds/{table}/{dataset}.json",
}


class _Planned:
    """An entry of the config that is shown, and what names the files of its arms."""

    patterns: ClassVar[dict[str, str]]  # need -> its files

    def __init__(self, config: Config, entry: Table | Figure, arms: Sequence[ArmKey], **names: str):
        self.entry = entry
        self._names = [
            {**names, "dataset": dataset, "optimizer": optimizer, "variant": variant, "seed": seed}
            for dataset, optimizer, variant in arms
            for seed in config.study.seeds
        ]

    def files(self) -> dict[str, list[str]]:
        """Return need -> files of its arms, for all that its kind needs."""
        patterns = {need: choose("need", need, self.patterns) for need in self.entry.needs}
        return {
            need: list(dict.fromkeys(pattern.format(**names) for names in self._names))
            for need, pattern in patterns.items()
        }

    def arguments(self) -> list[str]:
        """Return the arguments of the command: NEED=FILE."""
        return [f"{need}={path}" for need, paths in self.files().items() for path in paths]

    def json(self) -> str:
        """Return the entry."""
        return as_json(self.entry.model_dump(mode="json"))

    def caption(self) -> str:
        """Return what the report says below it."""
        title = self.entry.title
        return f"{as_rst(title[:1].upper() + title[1:])}. {self.entry.caption}"


class PlannedTable(_Planned):
    """A table of the config; raises EvenfuseError, when it is made, if there is none."""

    patterns = OF_TABLES

    def __init__(self, config: Config, table: str):
        arms = config.table_arms(table)
        super().__init__(config, config.tables[table], arms, table=table)

    def code(self) -> str:
        """Return a digest of the code that makes it."""
        return code_digest("evenfuse.commands.tabulate", code_module("tables", self.entry.kind))


class PlannedFigure(_Planned):
    """A figure of the config; raises EvenfuseError, when it is made, if there is none."""

    patterns = OF_FIGURES

    def __init__(self, config: Config, figure: str):
        arms = config.figure_arms(figure)
        super().__init__(config, config.figures[figure], arms)

    def code(self) -> str:
        """Return a digest of the code that draws it."""
        return code_digest("evenfuse.commands.plot", code_module("figures", self.entry.kind))
