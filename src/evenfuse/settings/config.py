"""The config: what is studied, on which data, and the settings of each run."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import product
from typing import Any, Literal

from pydantic import Field, field_validator

from evenfuse import parts
from evenfuse.errors import EvenfuseError, choose
from evenfuse.parts import facts
from evenfuse.settings.arms import ArmKey
from evenfuse.settings.dataset import Dataset
from evenfuse.settings.forms import with_forms
from evenfuse.settings.layers import Layer, OptimizerPart, RunPart, Variant
from evenfuse.settings.models import ModelSettings
from evenfuse.settings.run import ArmSettings, ScratchEncoderSettings, parse_arm
from evenfuse.settings.shown import Figures, Tables
from evenfuse.settings.sources import Origin, Source
from evenfuse.settings.strict import Strict
from evenfuse.settings.study import ComparedVariants, Study, Tuning
from evenfuse.settings.tables import Table
from evenfuse.settings.texts import entry_name, shown_name
from evenfuse.settings.titles import Titles
from evenfuse.settings.trees import merge
from evenfuse.settings.tuning import Point, with_point


class Config(Strict):
    """The whole of config/, with what --configfile and --config put over it."""

    study: Study
    tuning: Tuning = Tuning()
    mirror: str | None = Field(None, description="a folder that already holds the data files")
    accepted_terms: list[str] = Field(
        [], description="corpora whose `sign` you have signed; their files are then downloaded"
    )
    largest_download_gb: float = Field(
        50, gt=0, description="10^9 bytes; a download of unknown size is stopped here"
    )
    text_encoder: str | None = Field(None, description="used in place of every dataset's own")
    local_cache: str | None = Field(None, description="a node's folder to copy caches to")
    gpus: Literal[0, 1] = Field(1, description="GPUs that a job with a model asks of a cluster")
    runs_per_gpu: int = Field(1, gt=0, description="runs that may share a GPU")
    tensorboard: str | None = Field(None, description="a folder for event files")
    scratch_encoder: ScratchEncoderSettings = ScratchEncoderSettings()
    datasets: dict[str, Dataset]
    optimizers: dict[str, OptimizerPart]
    variants: dict[str, Variant]
    comparisons: list[ComparedVariants] = Field([], description="gaps that tables test")
    tables: Tables = Field({}, description="what the study can show in numbers")
    figures: Figures = Field({}, description="and in pictures")
    sources: dict[str, Origin] = Field({}, description="where the data files of a corpus are")

    @field_validator("variants", mode="before")
    @classmethod
    def _and_their_forms(cls, variants: Any) -> Any:
        return with_forms(variants) if isinstance(variants, Mapping) else variants

    @field_validator("datasets", "optimizers", "variants", "sources")
    @classmethod
    def _plain_names(cls, entries: dict[str, Any]) -> dict[str, Any]:
        return {entry_name(name): entry for name, entry in entries.items()}

    @field_validator("tables", "figures")
    @classmethod
    def _names_of_files(cls, entries: dict[str, Any]) -> dict[str, Any]:
        return {shown_name(name): entry for name, entry in entries.items()}

    def dataset(self, name: str) -> Dataset:
        """Return the dataset's entry, or raise with the nearest known name."""
        return choose("dataset", name, self.datasets)

    def in_formats(self, formats: Mapping[str, str]) -> "Config":
        """Return the config with the files of every dataset taken in one format.

        Of a dataset that is not among them, it is the first that the entry lists.
        """
        entries = {
            name: data.in_format(formats.get(name, data.taken))
            for name, data in self.datasets.items()
        }
        return self.model_copy(update={"datasets": entries})

    def origin(self, dataset: str) -> str:
        """Return the name of the dataset's entry of `sources`; its downloads lie under it."""
        return self.dataset(dataset).origin or dataset

    def source(self, dataset: str, file: str) -> Source:
        """Return what `sources` knows of a file; an empty Source if nothing."""
        entry = self.sources.get(self.origin(dataset))
        return entry.files.get(file, Source()) if entry else Source()

    def terms(self, dataset: str) -> str:
        """Return the terms of the corpus that a dataset is of; empty if `sources` has none."""
        entry = self.sources.get(self.origin(dataset))
        return entry.terms() if entry else ""

    def unsigned(self, origin: str) -> str:
        """Return what is to be signed before a corpus is downloaded, and where; if anything."""
        entry = self.sources.get(origin)
        if not entry or not entry.sign or origin in self.accepted_terms:
            return ""
        return f"{entry.sign} ({entry.homepage})"

    def run(
        self, dataset: str, optimizer: str, variant: str, point: Point | None = None
    ) -> ArmSettings:
        """Merge the layers of an arm, the later over the earlier, and a point of its grid.

        Raises:
            EvenfuseError: for an unknown name, or settings that do not fit one another.
        """
        data, arm = self.dataset(dataset), ArmKey(dataset, optimizer, variant)
        trees = [layer.part.tree() for layer in self.layers(arm)]
        names = {"dataset": dataset, "optimizer_name": optimizer, "variant": variant}
        inherited = {"metrics": data.metrics, "signed_log": data.signed_log}
        encoder = {"text_encoder": self.text_encoder or data.text_encoder}
        tree = merge({"modalities": data.modalities}, *trees, inherited, encoder, names)
        settings = parse_arm(with_point(tree, point or {}), arm.name)
        _check_fit(settings, data, arm.name)
        return settings

    def layers(self, arm: ArmKey) -> list[Layer]:
        """Return what the entries of an arm say of its runs; the later wins."""
        data, variant = self.dataset(arm.dataset), choose("variant", arm.variant, self.variants)
        optimizer, above = arm.optimizer, f"datasets.{arm.dataset}"
        layers = [
            Layer(f"optimizers.{optimizer}", choose("optimizer", optimizer, self.optimizers)),
            Layer(f"{above}.all_runs", data.all_runs),
        ]
        if optimizer in data.per_optimizer:
            part: RunPart = data.per_optimizer[optimizer]
            layers.append(Layer(f"{above}.per_optimizer.{optimizer}", part))
        model = variant.model["name"]
        if model in data.per_model:
            of_model = data.per_model[model]
            layers.append(Layer(f"{above}.per_model.{model}", of_model))
            if optimizer in of_model.per_optimizer:
                where = f"{above}.per_model.{model}.per_optimizer.{optimizer}"
                layers.append(Layer(where, of_model.per_optimizer[optimizer]))
        return [*layers, Layer(f"variants.{arm.variant}", variant)]

    def every_layer(self) -> Iterator[Layer]:
        """Yield all that any entry says of runs, whether an arm of the study uses it or not."""
        for name, optimizer in self.optimizers.items():
            yield Layer(f"optimizers.{name}", optimizer)
        for name, data in self.datasets.items():
            yield Layer(f"datasets.{name}.all_runs", data.all_runs)
            yield from _per_optimizer(f"datasets.{name}", data.per_optimizer)
            for model, part in data.per_model.items():
                yield Layer(f"datasets.{name}.per_model.{model}", part)
                yield from _per_optimizer(f"datasets.{name}.per_model.{model}", part.per_optimizer)
        for name, variant in self.variants.items():
            yield Layer(f"variants.{name}", variant)

    def possible_arms(self) -> Iterator[ArmKey]:
        """Yield every combination of names that a dataset has the modalities for."""
        yield from self._feedable(self.datasets, self.optimizers, self.variants)

    def trained_arms(self) -> list[ArmKey]:
        """Return the arms of the study and of its tables, each once, but for those left out."""
        return [arm for arm, idle in self._asked_for.items() if not idle]

    def left_out(self) -> list[ArmKey]:
        """Return those that have nothing to balance: the numbers are those of another arm."""
        return [arm for arm, idle in self._asked_for.items() if idle]

    @cached_property
    def _asked_for(self) -> dict[ArmKey, bool]:
        study = self.study
        own = product(study.datasets, study.optimizers, study.variants)
        tables = [choose("table", name, self.tables) for name in study.tables]
        of_tables = [arm for table in tables if table.trains for arm in self._named_arms(table)]
        asked = dict.fromkeys([*(ArmKey(*names) for names in own), *of_tables])
        return {arm: self._nothing_to_balance(arm) for arm in asked}

    def table_arms(self, name: str) -> list[ArmKey]:
        """Return the arms that a table shows, or raise with the nearest known name."""
        table = choose("table", name, self.tables)
        if table.every_arm:
            return self.trained_arms()
        return [arm for arm in self._named_arms(table) if not self._nothing_to_balance(arm)]

    def figure_arms(self, name: str) -> list[ArmKey]:
        """Return the arms that a figure shows: those of its variants that the study trains."""
        shown = choose("figure", name, self.figures).variants_shown()
        return [arm for arm in self.trained_arms() if shown is None or arm.variant in shown]

    def grid(self, dataset: str, optimizer: str, variant: str) -> dict[str, list[Any]]:
        """Return the values to try of an arm's settings, the later layer over the earlier."""
        layers = self.layers(ArmKey(dataset, optimizer, variant))
        return merge(*(layer.part.grid for layer in layers))

    def uses_winner(self, dataset: str, optimizer: str, variant: str) -> bool:
        """Return whether an arm is trained with the winner of its grid."""
        layers = self.layers(ArmKey(dataset, optimizer, variant))
        return any(layer.part.use_winner for layer in layers)

    def titles(self) -> Titles:
        """Return what tables and figures call datasets, optimizers and variants."""
        return Titles(
            datasets={name: data.title for name, data in self.datasets.items()},
            optimizers={name: part.title or name for name, part in self.optimizers.items()},
            variants={name: part.title or name for name, part in self.variants.items()},
            published_datasets={name: data.published_as for name, data in self.datasets.items()},
            published_variants={name: part.in_paper() for name, part in self.variants.items()},
            comparisons=self.comparisons,
        )

    def _nothing_to_balance(self, arm: ArmKey) -> bool:
        modalities = {"modalities": self.dataset(arm.dataset).modalities}
        tree = merge(modalities, *(layer.part.tree() for layer in self.layers(arm)))
        balancer = parts.facts("balancers", str(tree["balancing"].get("name", "none"))).Settings
        return len(tree["modalities"]) < int(balancer.fewest_modalities)

    def _named_arms(self, table: Table) -> list[ArmKey]:
        optimizers = table.optimizers or self.study.optimizers
        variants = table.variants or self.study.variants
        return list(self._feedable(self.study.datasets, optimizers, variants))

    def _feedable(
        self, datasets: Iterable[str], optimizers: Iterable[str], variants: Iterable[str]
    ) -> Iterator[ArmKey]:
        """Leave out what a dataset cannot feed: BERT models where there are no words, say."""
        for dataset in datasets:
            data = self.dataset(dataset)
            available, aligned = set(data.available_modalities()), data.has_word_rows()
            for optimizer, name in product(optimizers, variants):
                variant = choose("variant", name, self.variants)
                has_all = available.issuperset(variant.modalities or [])
                if has_all and (aligned or not _needs_word_rows(variant)):
                    yield ArmKey(dataset, optimizer, name)


def _per_optimizer(above: str, parts: Mapping[str, RunPart]) -> Iterator[Layer]:
    for optimizer, part in parts.items():
        yield Layer(f"{above}.per_optimizer.{optimizer}", part)


def _needs_word_rows(variant: Variant) -> bool:
    settings: type[ModelSettings] = facts("models", variant.model["name"]).Settings
    return settings.word_rows


def _check_fit(settings: ArmSettings, data: Dataset, arm: str) -> None:
    family = data.family()
    choose("loss", settings.training.loss, dict.fromkeys(family.losses))
    choose("selection_metric", settings.training.selection_metric, family.metrics)
    for modality in (*settings.modalities, *settings.signed_log):
        choose("modality", modality, data.available_modalities())
    settings.model.check_modalities(settings.modalities)
    if settings.model.word_rows and not data.has_word_rows():
        raise EvenfuseError(
            f"{arm}: the model {settings.model.name} joins tokens and the rows of their words, but "
            f"'{settings.dataset}' is not aligned to the words; leave the model out there, or, if "
            f"its files have a row per word, set datasets.{settings.dataset}.word_rows"
        )
    if settings.balancing.late_fusion:
        try:
            settings.model.check_balanced(settings.modalities)
        except EvenfuseError as error:
            raise EvenfuseError(f"{arm} cannot be balanced: {error}") from None
    if len(settings.modalities) < settings.balancing.fewest_modalities:
        raise EvenfuseError(
            f"{arm} has nothing to balance: {settings.balancing.name} is for two modalities or "
            f"more, and it has {settings.modalities[0]} alone; set its balancing.name to none"
        )
