"""The config file: what is studied, on which data, and the settings of each run."""

import re
from collections.abc import Mapping
from itertools import chain, product
from typing import Any, Literal

from pydantic import Field, field_validator

from evenfuse import parts
from evenfuse.errors import EvenfuseError, choose
from evenfuse.settings.dataset import Dataset, ModelRuns, RunPart, Variant
from evenfuse.settings.run import RunSettings, ScratchEncoderSettings, parse_run
from evenfuse.settings.shown import Figures, Tables
from evenfuse.settings.sources import Origin, Source
from evenfuse.settings.strict import Strict, parse
from evenfuse.settings.study import ComparedVariants, Study, Tuning
from evenfuse.settings.tables import Table
from evenfuse.settings.titles import Titles
from evenfuse.settings.trees import merge
from evenfuse.settings.tuning import Point, points, with_point

Arm = tuple[str, str, str]  # dataset, optimizer, variant


class Config(Strict):
    """The whole of config/config.yaml, with what --configfile and --config put over it."""

    study: Study
    tuning: Tuning = Tuning()
    mirror: str | None = Field(None, description="a folder that already holds the data files")
    text_encoder: str | None = Field(None, description="used in place of every dataset's own")
    local_cache: str | None = Field(None, description="a node's folder to copy caches to")
    gpus: Literal[0, 1] = Field(1, description="GPUs that a job with a model asks of a cluster")
    runs_per_gpu: int = Field(1, gt=0, description="runs that may share a GPU")
    tensorboard: str | None = Field(None, description="a folder for event files")
    scratch_encoder: ScratchEncoderSettings = ScratchEncoderSettings()
    datasets: dict[str, Dataset]
    optimizers: dict[str, RunPart]
    variants: dict[str, Variant]
    comparisons: list[ComparedVariants] = Field([], description="gaps that tables test")
    tables: Tables = Field({}, description="what the study can show in numbers")
    figures: Figures = Field({}, description="and in pictures")
    sources: dict[str, Origin] = Field({}, description="where the data files of a corpus are")

    @field_validator("datasets", "optimizers", "variants", "sources")
    @classmethod
    def _plain_names(cls, entries: dict[str, Any]) -> dict[str, Any]:
        for name in entries:
            if not re.fullmatch("[a-z0-9-]*[a-z0-9][a-z0-9-]*", name):
                raise ValueError(f"the name '{name}' may hold a-z, 0-9 and '-' only")
        return entries

    def dataset(self, name: str) -> Dataset:
        """Return the dataset's entry, or raise with the nearest known name."""
        return choose("dataset", name, self.datasets)

    def origin(self, dataset: str) -> str:
        """Return the name of the dataset's entry of `sources`; its downloads lie under it."""
        return self.dataset(dataset).origin or dataset

    def source(self, dataset: str, file: str) -> Source:
        """Return what `sources` knows of a file; an empty Source if nothing."""
        entry = self.sources.get(self.origin(dataset))
        return entry.files.get(file, Source()) if entry else Source()

    def run(
        self, dataset: str, optimizer: str, variant: str, point: Point | None = None
    ) -> RunSettings:
        """Merge the entries of dataset, optimizer and variant, the later over the earlier.

        The seed is 0. A point of the arm's grid is laid over the result.
        """
        data = self.dataset(dataset)
        trees = [part.tree() for part in self._parts(dataset, optimizer, variant)]
        names = {"dataset": dataset, "optimizer_name": optimizer, "variant": variant, "seed": 0}
        inherited = {"metrics": data.metrics, "signed_log": data.signed_log}
        encoder = {"text_encoder": self.text_encoder or data.text_encoder}
        tree = merge({"modalities": data.modalities}, *trees, inherited, encoder, names)
        arm = f"{dataset}_{optimizer}_{variant}"
        settings = parse_run(with_point(tree, point or {}), arm)
        self._check(settings, data, arm)
        return settings

    def trained_arms(self) -> list[Arm]:
        """Return the arms of the study and of its tables, each once."""
        study = self.study
        own = product(study.datasets, study.optimizers, study.variants)
        tables = [choose("table", name, self.tables) for name in study.tables]
        of_tables = [arm for table in tables if table.trains for arm in self._named_arms(table)]
        return list(dict.fromkeys([*own, *of_tables]))

    def table_arms(self, name: str) -> list[Arm]:
        """Return the arms that a table shows, or raise with the nearest known name."""
        table = choose("table", name, self.tables)
        return self.trained_arms() if table.every_arm else self._named_arms(table)

    def figure_arms(self, name: str) -> list[Arm]:
        """Return the arms that a figure shows: those of its variants that the study trains."""
        shown = choose("figure", name, self.figures).variants_shown()
        return [arm for arm in self.trained_arms() if shown is None or arm[2] in shown]

    def grid(self, dataset: str, optimizer: str, variant: str) -> dict[str, list[Any]]:
        """Return the values to try of an arm's settings, the later entry over the earlier."""
        grids = [part.grid for part in self._parts(dataset, optimizer, variant)]
        return merge(*grids)

    def uses_winner(self, dataset: str, optimizer: str, variant: str) -> bool:
        """Return whether an arm is trained with the winner of its grid."""
        return any(part.use_winner for part in self._parts(dataset, optimizer, variant))

    def titles(self) -> Titles:
        """Return what tables and figures call datasets, optimizers and variants."""
        return Titles(
            datasets={name: data.title for name, data in self.datasets.items()},
            optimizers={name: part.title or name for name, part in self.optimizers.items()},
            variants={name: part.title or name for name, part in self.variants.items()},
            published_datasets={name: data.published_as for name, data in self.datasets.items()},
            published_variants={name: part.published for name, part in self.variants.items()},
            comparisons=self.comparisons,
        )

    def _named_arms(self, table: Table) -> list[Arm]:
        """Leave out what a dataset cannot feed: BERT models where there are no words, say."""
        optimizers = table.optimizers or self.study.optimizers
        variants = table.variants or self.study.variants
        return [
            (dataset, optimizer, variant)
            for dataset, optimizer, variant in product(self.study.datasets, optimizers, variants)
            if set(choose("variant", variant, self.variants).modalities or [])
            <= set(self.dataset(dataset).available_modalities())
        ]

    def _parts(self, dataset: str, optimizer: str, variant: str) -> list[RunPart]:
        """Return what dataset, optimizer and variant say of the runs of an arm, in order."""
        data, none = self.dataset(dataset), ModelRuns()
        of_variant = choose("variant", variant, self.variants)
        of_model = data.runs_of.get(of_variant.model.get("name", ""), none)
        return [
            choose("optimizer", optimizer, self.optimizers),
            data.runs,
            data.runs_with.get(optimizer, none),
            of_model,
            of_model.runs_with.get(optimizer, none),
            of_variant,
        ]

    def _check(self, settings: RunSettings, data: Dataset, arm: str) -> None:
        parts.facts("metrics", settings.metrics)
        for modality in (*settings.modalities, *settings.signed_log):
            choose("modality", modality, data.available_modalities())
        settings.model.check_modalities(settings.modalities)
        if settings.balancing.late_fusion and not settings.model.late_fusion:
            raise EvenfuseError(
                f"{arm} cannot be balanced: the model {settings.model.name} has no last linear map "
                "per modality; set its balancing.name to none"
            )


def load(values: Mapping[str, Any]) -> Config:
    """Read and check a whole config, every run of its study included."""
    config = parse(Config, values, "")
    shared = sorted(set(config.study.seeds) & set(config.tuning.seeds))
    if shared:
        raise EvenfuseError(
            f"tuning.seeds and study.seeds share {shared[0]}: a seed that chose the settings "
            "cannot report on them; give tuning seeds of its own"
        )
    _check_names(config)
    shown = [arm for name in config.study.tables for arm in config.table_arms(name)]
    for arm in dict.fromkeys([*config.trained_arms(), *shown]):
        for point in ({}, *points(config.grid(*arm))):
            config.run(*arm, point)
    return config


def _check_names(config: Config) -> None:
    """Hold every name that an entry gives of another entry against those that there are."""
    of_tables = config.tables.values()
    of_figures = [figure.variants_shown() or [] for figure in config.figures.values()]
    of_pairs = [[pair.without, pair.having] for pair in config.comparisons]
    for variant in chain(*(table.variants or [] for table in of_tables), *of_figures, *of_pairs):
        choose("variant", variant, config.variants)
    for optimizer in chain(*(table.optimizers or [] for table in of_tables)):
        choose("optimizer", optimizer, config.optimizers)
    for figure in config.study.figures:
        choose("figure", figure, config.figures)
    for data in config.datasets.values():
        if data.origin:
            choose("source", data.origin, config.sources)
        for model in data.runs_of:
            choose("model", model, parts.names("models"))
        of_models = [part.runs_with for part in data.runs_of.values()]
        for optimizer in merge(data.runs_with, *of_models):
            choose("optimizer", optimizer, config.optimizers)
