"""What the rules that make tables and figures are told."""

from collections.abc import Sequence

from evenfuse.errors import choose
from evenfuse.parts import code_module
from evenfuse.planning.files import ARM, RUN
from evenfuse.provenance import code_digest
from evenfuse.settings.config import Arm, Config
from evenfuse.settings.figures import Figure
from evenfuse.settings.tables import Table

NEEDED = {
    "results": f"results/{ARM}.json",
    "predictions": f"results/{ARM}.predictions.parquet",
    "references": "results/{dataset}.references.json",
    "epochs": f"{RUN}/epochs.parquet",
}
SECONDS = {"seconds": "results/seconds/{table}/{dataset}.json"}


class _Planned:
    """An entry of the config that is shown, and its arms."""

    def __init__(self, config: Config, entry: Table | Figure, arms: Sequence[Arm]):
        self.entry, self._arms, self._seeds = entry, arms, config.study.seeds

    def arguments(self) -> list[str]:
        """Return what the command is made to read: NEED=FILE."""
        return [f"{need}={path}" for need, paths in self.files().items() for path in paths]

    def files(self) -> dict[str, list[str]]:
        """Return need -> files of its arms, for all that its kind needs."""
        return self._needed(NEEDED)

    def json(self) -> str:
        """Return the entry."""
        return self.entry.model_dump_json()

    def caption(self) -> str:
        """Return what the report says below it."""
        title = self.entry.title
        return f"{title[:1].upper()}{title[1:]}. {self.entry.caption}"

    def _needed(self, patterns: dict[str, str], **names: str) -> dict[str, list[str]]:
        chosen = {need: choose("need", need, patterns) for need in self.entry.needs}
        return {need: self._each_once(pattern, names) for need, pattern in chosen.items()}

    def _each_once(self, pattern: str, names: dict[str, str]) -> list[str]:
        arms = [
            dict(zip(("dataset", "optimizer", "variant"), arm, strict=True)) for arm in self._arms
        ]
        files = [pattern.format(**arm, **names, seed=seed) for arm in arms for seed in self._seeds]
        return list(dict.fromkeys(files))


class PlannedTable(_Planned):
    """A table of the config; raises EvenfuseError, when it is made, if there is none."""

    def __init__(self, config: Config, table: str):
        arms = config.table_arms(table)
        super().__init__(config, config.tables[table], arms)
        self._name = table

    def files(self) -> dict[str, list[str]]:
        """Return need -> files of its arms, for all that its kind needs."""
        return self._needed({**NEEDED, **SECONDS}, table=self._name)

    def code(self) -> str:
        """Return a digest of the code that makes it."""
        return code_digest("evenfuse.commands.tabulate", code_module("tables", self.entry.kind))


class PlannedFigure(_Planned):
    """A figure of the config; raises EvenfuseError, when it is made, if there is none."""

    def __init__(self, config: Config, figure: str):
        arms = config.figure_arms(figure)
        super().__init__(config, config.figures[figure], arms)

    def code(self) -> str:
        """Return a digest of the code that draws it."""
        return code_digest("evenfuse.commands.plot", code_module("figures", self.entry.kind))
