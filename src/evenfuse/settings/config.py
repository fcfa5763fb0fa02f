"""The config file: what is studied, on which data, and the settings of each run."""

import re
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import Field, NonNegativeInt, field_validator

from evenfuse.errors import EvenfuseError, nearest
from evenfuse.settings.dataset import Dataset, RunPart, Tree, without_repeats
from evenfuse.settings.run import RunSettings, ScratchEncoderSettings
from evenfuse.settings.sources import Origin, Source
from evenfuse.settings.strict import Strict, parse

Entry = TypeVar("Entry")


class Study(Strict):
    """What the rule `all` covers: every combination of these."""

    datasets: list[str] = Field(min_length=1)
    optimizers: list[str] = Field(min_length=1)
    variants: list[str] = Field(min_length=1)
    seeds: list[NonNegativeInt] = Field(min_length=1)

    @field_validator("*")
    @classmethod
    def _no_repeats(cls, values: list[Any]) -> list[Any]:
        return without_repeats(values)


class Comparison(Strict):
    """Two variants that a table and the figures set side by side."""

    title: str
    without: str = Field(description="the variant that lacks something")
    having: str = Field(description="the variant that has it")


class Config(Strict):
    """The whole of config/config.yaml, with what --configfile and --config put over it."""

    study: Study
    mirror: str | None = Field(None, description="a folder that already holds the data files")
    text_encoder: str | None = Field(None, description="used in place of every dataset's own")
    gpus: Literal[0, 1] = Field(1, description="GPUs that a job with a model asks of a cluster")
    scratch_encoder: ScratchEncoderSettings = ScratchEncoderSettings()
    datasets: dict[str, Dataset]
    optimizers: dict[str, RunPart]
    variants: dict[str, RunPart]
    comparisons: list[Comparison] = Field([], description="rows of tables, columns of figures")
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
        return known("dataset", name, self.datasets)

    def origin(self, dataset: str) -> str:
        """Return the name of the dataset's entry of `sources`; its downloads lie under it."""
        return self.dataset(dataset).origin or dataset

    def source(self, dataset: str, file: str) -> Source:
        """Return what `sources` knows of a file; an empty Source if nothing."""
        entry = self.sources.get(self.origin(dataset))
        return entry.files.get(file, Source()) if entry else Source()

    def run(self, dataset: str, optimizer: str, variant: str, seed: int) -> RunSettings:
        """Merge the entries of dataset, optimizer and variant, the later over the earlier."""
        data = self.dataset(dataset)
        tree = merge(
            {"modalities": data.modalities},
            known("optimizer", optimizer, self.optimizers).tree(),
            data.runs.tree(),
            data.runs_with.get(optimizer, RunPart()).tree(),
            known("variant", variant, self.variants).tree(),
        )
        names = {"dataset": dataset, "optimizer_name": optimizer, "variant": variant, "seed": seed}
        inherited = {"metrics": data.metrics, "signed_log": data.signed_log}
        encoder = {"text_encoder": self.text_encoder or data.text_encoder}
        arm = f"{dataset}_{optimizer}_{variant}"
        settings = parse(RunSettings, {**tree, **inherited, **encoder, **names}, arm)
        known("model", settings.model.name, modules_of("models"))
        known("balancing", settings.balancing.name, modules_of("balancing"))
        known("metrics", settings.metrics, modules_of("metrics"))
        for modality in (*settings.modalities, *settings.signed_log):
            known("modality", modality, data.available_modalities())
        return settings


def load(values: Mapping[str, Any]) -> Config:
    """Read and check a whole config, every run of its study included."""
    config = parse(Config, values, "")
    for pair in config.comparisons:
        known("variant", pair.without, config.variants)
        known("variant", pair.having, config.variants)
    for data in config.datasets.values():
        if data.origin:
            known("source", data.origin, config.sources)
        for optimizer in data.runs_with:
            known("optimizer", optimizer, config.optimizers)
    for dataset in config.study.datasets:
        for optimizer in config.study.optimizers:
            for variant in config.study.variants:
                config.run(dataset, optimizer, variant, seed=0)
    return config


def known(kind: str, name: str, entries: Mapping[str, Entry]) -> Entry:
    """Return the entry of that name, or raise a sentence with the names there are."""
    if name not in entries:
        listed = ", ".join(entries)
        raise EvenfuseError(f"unknown {kind} '{name}': there is {listed}{nearest(name, entries)}")
    return entries[name]


def merge(*trees: Mapping[str, Any]) -> Tree:
    """Lay trees of settings over one another, key by key; none of them is changed."""
    merged: Tree = {}
    for tree in trees:
        for key, value in tree.items():
            below = merged.get(key)
            both = isinstance(below, Mapping) and isinstance(value, Mapping)
            merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


def modules_of(room: str) -> dict[str, Path]:
    """Return name -> file of every module in a package of evenfuse, without importing it."""
    spec = find_spec(f"evenfuse.{room}")
    folders: Iterable[str] = spec.submodule_search_locations or [] if spec else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("[a-z]*.py"))]
    return {file.stem: file for file in files}
