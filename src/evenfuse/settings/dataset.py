"""What the config says of a dataset."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, field_validator, model_validator

from evenfuse import parts
from evenfuse.settings.formats import Format
from evenfuse.settings.generated import with_generated_files
from evenfuse.settings.layers import ModelPart, RunPart
from evenfuse.settings.metrics import Family
from evenfuse.settings.splits import SplitName
from evenfuse.settings.strict import Seed, Strict, without_repeats
from evenfuse.settings.texts import FileName, FolderPath, Role, Title

SENTIMENT, EMOTIONS = ("sentiment",), ("neutral", "happy", "sad", "angry")
PUBLISHED_LABELS = {"mosi": SENTIMENT, "mosei": SENTIMENT, "sims": SENTIMENT, "iemocap": EMOTIONS}
PublishedAs = Literal["mosi", "mosei", "sims", "iemocap"]


def _as_list(formats: Any) -> Any:
    return [formats] if isinstance(formats, str) else formats


Formats = Annotated[
    list[str],
    Field(min_length=1),
    BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
]


class Generate(Strict):
    """How a generated corpus is made."""

    videos: int = Field(93, ge=6, le=10_000, description="CMU-MOSI has 93")
    seed: Seed = 0
    silent: list[Literal["audio", "video"]] = Field(
        [], description="modalities with nothing in them"
    )


class FormatPart(Strict):
    """What is otherwise where the files of a dataset are taken in one of its formats."""

    title: Title = Field("", description="as shown in tables and figures")
    files: dict[Role, FileName] = Field({}, description="role -> file name")
    modalities: list[Role] = Field([], min_length=1, description="what the models are given")
    published_as: PublishedAs | None = Field(None, description="null: it is not the paper's corpus")

    @field_validator("modalities")
    @classmethod
    def _no_modality_twice(cls, modalities: list[str]) -> list[str]:
        return without_repeats(modalities)


class Dataset(Strict):
    """Where a dataset comes from, how it is read, and the settings of all runs on it."""

    title: Title = Field(description="as shown in tables and figures")
    format: Formats = Field(
        ["csd"], description="of its files; of several, the first whose files can be had is taken"
    )
    per_format: dict[str, FormatPart] = Field({}, description="laid over it, per format")
    folder: FolderPath | None = Field(None, description="where a manifest and its features lie")
    generate: Generate | None = Field(None, description="if the project makes it itself")
    sdk: str | None = Field(None, description="the SDK's name of it: addresses and folds")
    origin: str | None = Field(None, description="its entry of `sources`; else that of its name")
    files: dict[Role, FileName | None] = Field(
        {}, description="role -> file name; null leaves it out; the format says which are needed"
    )
    folds: FileName | None = Field(None, description="JSON file of the folds; else the SDK's")
    published: dict[SplitName, int] = Field({}, description="segments per split, as published")
    published_as: PublishedAs | None = Field(
        None, description="the paper's corpus that it is; its numbers then stand beside ours"
    )
    planted: FileName | None = Field(None, description="Parquet file of a planted truth")
    pause: str = Field("sp", description="the word that stands for a pause")
    modalities: list[Role] = Field(min_length=1, description="what the models are given")
    word_rows: bool | None = Field(
        None, description="whether every modality has a row per word; else if it is aligned here"
    )
    metrics: str = Field("sentiment", description="a family of metrics")
    text_encoder: str = "google-bert/bert-base-uncased"
    signed_log: list[str] = Field([], description="modalities compressed by sign(x) log(1 + |x|)")
    threads: int = Field(1, gt=0, description="CPU threads of a training run")
    memory_mb: int = Field(8000, gt=0, description="memory that a job on it asks of a cluster")
    minutes: int = Field(120, gt=0, description="time that a job on it asks of a cluster")
    one_process: bool = Field(
        False, description="train all seeds of an arm in one process, one after the other"
    )
    all_runs: RunPart = Field(RunPart(), description="settings of every run on it")
    per_optimizer: dict[str, RunPart] = Field({}, description="laid over them, per optimizer")
    per_model: dict[str, ModelPart] = Field({}, description="laid over both, per model")

    @model_validator(mode="before")
    @classmethod
    def _generated_files_are_known(cls, entry: Any) -> Any:
        made_here = isinstance(entry, Mapping) and entry.get("generate") is not None
        return with_generated_files(entry) if made_here else entry

    @field_validator("format", "modalities", "signed_log")
    @classmethod
    def _nothing_twice(cls, names: list[str]) -> list[str]:
        return without_repeats(names)

    @model_validator(mode="after")
    def _has_what_its_formats_need(self) -> Self:
        for form, part in self.per_format.items():
            twice = [role for role in part.files if self.files.get(role)]
            if twice:
                raise ValueError(f"files and per_format.{form} both name the role '{twice[0]}'")
        for entry in self.in_each_format():
            entry._check_format()
        return self

    def _check_format(self) -> None:
        lacking = [role for role in self.facts.roles if not self.files.get(role)]
        if lacking:
            raise ValueError(f"the format {self.taken} needs the role '{lacking[0]}' in files")
        if self.facts.in_folder and not self.folder:
            raise ValueError(f"the format {self.taken} needs a folder")

    def in_format(self, form: str) -> Self:
        """Return the entry as it is where its files are taken in one of its formats."""
        part = self.per_format.get(form, FormatPart())
        own = {name: getattr(part, name) for name in part.model_fields_set}
        merged = {**own, "files": {**self.files, **part.files}}
        return self.model_copy(update={**merged, "format": [form], "per_format": {}})

    def in_each_format(self) -> list[Self]:
        """Return the entry once for each of its formats, in their order."""
        return [self.in_format(form) for form in self.format]

    @property
    def taken(self) -> str:
        """The format that its files are taken in: the only one, once that is decided."""
        return self.format[0]

    @property
    def facts(self) -> Format:
        """What is known of the format that is taken."""
        known: Format = parts.facts("datasets", self.taken).FORMAT
        return known

    def sources(self) -> dict[str, str]:
        """Return role -> file name of the files that its format reads."""
        return self.facts.sources(self.files)

    def raw_files(self) -> list[str]:
        """Return the names of all files that its cache is made from, its own folds included."""
        own = [self.folds] if self.folds and self.facts.aligned else []
        return list(dict.fromkeys([*self.sources().values(), *own]))

    def family(self) -> Family:
        """Return the facts of its metrics, or raise EvenfuseError if there are no such metrics."""
        family: Family = parts.facts("metrics", self.metrics).FAMILY
        return family

    def known_labels(self) -> list[tuple[str, ...]]:
        """Return the names of its first label columns, once for every reason to know them."""
        names = self.facts.label_names(len(self.family().columns))
        by_format = SENTIMENT if self.generate else names
        as_published = PUBLISHED_LABELS.get(self.published_as or "")
        return [labels for labels in (by_format, as_published) if labels]

    def has_word_rows(self) -> bool:
        """Return whether every modality has a row for each word."""
        return self.facts.aligned if self.word_rows is None else self.word_rows

    def available_modalities(self) -> dict[str, str]:
        """Return what a model can be given here, and the file that it comes from."""
        return self.facts.available(self.files, self.modalities)
