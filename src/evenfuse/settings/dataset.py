"""What the config says of a dataset, and the parts that are merged into the settings of a run."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from evenfuse import parts
from evenfuse.settings.formats import Format
from evenfuse.settings.splits import SplitName
from evenfuse.settings.strict import Strict
from evenfuse.settings.trees import Tree

Value = float | int | str | bool


def without_repeats(values: list[Any]) -> list[Any]:
    """Return the list, or raise ValueError if an entry stands in it twice."""
    if len(set(values)) < len(values):
        raise ValueError("an entry stands in it twice")
    return values


class Generate(Strict):
    """How a generated corpus is made."""

    videos: int = Field(93, ge=6, description="CMU-MOSI has 93")
    seed: int = 0


class RunPart(Strict):
    """What a dataset, an optimizer or a variant says of its runs; merged into RunSettings."""

    title: str = Field("", description="as shown in tables and figures")
    modalities: list[str] | None = Field(None, description="in place of the dataset's own")
    model: Tree = Field({})
    balancing: Tree = Field({})
    optimizer: Tree = Field({})
    training: Tree = Field({})
    grid: dict[str, Annotated[list[Value], Field(min_length=1)]] = Field(
        {}, description="setting -> values to try"
    )
    use_winner: bool = Field(False, description="train with the winner of the grid")

    @field_validator("grid")
    @classmethod
    def _searchable(cls, grid: dict[str, list[Value]]) -> dict[str, list[Value]]:
        names = [setting for setting in grid if setting.endswith(".name")]
        if names:  # whose code a run depends on must be known before it is trained
            raise ValueError(f"{names[0]} is no setting to search; make a variant for each")
        return {setting: without_repeats(values) for setting, values in grid.items()}

    def tree(self) -> Tree:
        """Return what is set here, as a tree to merge."""
        others = {"title", "published", "runs_with", "grid", "use_winner"}
        return self.model_dump(exclude=others, exclude_none=True)


class ModelRuns(RunPart):
    """What a dataset says of the runs of one model."""

    runs_with: dict[str, RunPart] = Field({}, description="more of them, per optimizer")


class Variant(RunPart):
    """A method: what it sets of its runs, and what the paper calls it."""

    published: str | None = Field(None, description="its row in the paper's tables")


class Dataset(Strict):
    """Where a dataset comes from, how it is read, and the settings of all runs on it."""

    title: str = Field(description="as shown in tables and figures")
    format: str = Field("csd", description="of its files; see docs/extending.md for your own")
    folder: str | None = Field(None, description="where a manifest and its features lie")
    generate: Generate | None = Field(None, description="if the project makes it itself")
    sdk: str | None = Field(None, description="the SDK's name of it: addresses and folds")
    origin: str | None = Field(None, description="its entry of `sources`; else that of its name")
    files: dict[str, str | None] = Field(
        description="role -> file name; null leaves it out; the format says which are needed"
    )
    folds: str | None = Field(None, description="JSON file of the folds; else the SDK's")
    published: dict[SplitName, int] = Field({}, description="segments per split, as published")
    published_as: Literal["mosi", "mosei", "sims", "iemocap"] | None = Field(
        None, description="the paper's corpus that it is; its numbers then stand beside ours"
    )
    planted: str | None = Field(None, description="Parquet file of a planted truth")
    pause: str = Field("sp", description="the word that stands for a pause")
    modalities: list[str] = Field(min_length=1, description="what the models are given")
    metrics: str = Field("sentiment", description="a file of evenfuse.metrics")
    text_encoder: str = "google-bert/bert-base-uncased"
    signed_log: list[str] = Field([], description="modalities compressed by sign(x) log(1 + |x|)")
    threads: int = Field(1, gt=0, description="CPU threads of a training run")
    memory_mb: int = Field(8000, gt=0, description="memory that a job on it asks of a cluster")
    minutes: int = Field(120, gt=0, description="time that a job on it asks of a cluster")
    one_process: bool = Field(
        False, description="train all seeds of an arm in one process, one after the other"
    )
    runs: RunPart = Field(RunPart(), description="settings of every run on this dataset")
    runs_with: dict[str, RunPart] = Field({}, description="more of them, per optimizer")
    runs_of: dict[str, ModelRuns] = Field({}, description="settings of the runs of one model")

    @field_validator("modalities")
    @classmethod
    def _no_repeats(cls, modalities: list[str]) -> list[str]:
        return without_repeats(modalities)

    @model_validator(mode="after")
    def _has_what_its_format_needs(self) -> Self:
        lacking = [role for role in self.facts.roles if not self.files.get(role)]
        if lacking:
            raise ValueError(f"the format {self.format} needs the role '{lacking[0]}' in files")
        if self.facts.in_folder and not self.folder:
            raise ValueError(f"the format {self.format} needs a folder")
        return self

    @property
    def facts(self) -> Format:
        """What is known of its format."""
        known: Format = parts.facts("datasets", self.format).FORMAT
        return known

    def sources(self) -> dict[str, str]:
        """Return role -> file name of the files that its format reads."""
        return self.facts.sources(self.files)

    def available_modalities(self) -> dict[str, str]:
        """Return what a model can be given here, and the file that it comes from."""
        return self.facts.available(self.files, self.modalities)
