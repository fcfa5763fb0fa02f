"""Layers: what an optimizer, a dataset and a variant say of their runs, to be merged."""

from collections.abc import Iterable
from functools import cached_property
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field, field_validator

from evenfuse.settings.sections import SECTIONS
from evenfuse.settings.strict import Strict, without_repeats
from evenfuse.settings.texts import Title
from evenfuse.settings.trees import Place, Tree, values_in


def _single(value: Any) -> Any:
    if not isinstance(value, float | int | str):
        raise ValueError("a grid tries single numbers, words, true or false")
    return value


Value = Annotated[Any, AfterValidator(_single)]


class RunPart(Strict):
    """Some settings of runs; the rest is given by other layers."""

    modalities: list[str] | None = Field(
        None, min_length=1, description="in place of the dataset's own"
    )
    model: Tree = Field({}, description="its name and settings of its own")
    balancing: Tree = Field({}, description="name of a balancer and settings of its own")
    optimizer: Tree = Field({}, description="learning rates and what else an optimizer has")
    training: Tree = Field({}, description="batches, epochs, what is minimised and selected by")
    grid: dict[str, Annotated[list[Value], Field(min_length=1)]] = Field(
        {}, description="setting -> values to try, e.g. optimizer.learning_rate: [0.001, 0.01]"
    )
    use_winner: bool = Field(False, description="train with the winner of the grid")

    @field_validator("modalities")
    @classmethod
    def _no_modality_twice(cls, modalities: list[str] | None) -> list[str] | None:
        return modalities and without_repeats(modalities)

    @field_validator("grid")
    @classmethod
    def _no_value_twice(cls, grid: dict[str, list[Value]]) -> dict[str, list[Value]]:
        return {setting: without_repeats(values) for setting, values in grid.items()}

    def tree(self) -> Tree:
        """Return what is set here, as a tree to merge."""
        given = {section: getattr(self, section) for section in SECTIONS}
        own = {"modalities": self.modalities} if self.modalities else {}
        return {**own, **given}

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Where in the settings of a run it sets something."""
        return tuple(values_in(self.tree()))


class OptimizerPart(RunPart):
    """An optimizer: what it sets of its runs."""

    title: Title = Field("", description="as shown in tables and figures; else its name")


class ModelPart(RunPart):
    """What a dataset says of the runs of one model."""

    per_optimizer: dict[str, RunPart] = Field({}, description="with one optimizer, laid over this")


class Variant(RunPart):
    """A method: what it sets of its runs, and what the paper calls it."""

    title: Title = Field("", description="as shown in tables and figures; else its name")
    published: str | None = Field(None, description="its row in the paper's tables; else its title")
    forms: list[str] = Field(
        [], description="variants made from it: gb, bert, text, audio, video, or some with '-'"
    )

    @field_validator("forms")
    @classmethod
    def _no_form_twice(cls, forms: list[str]) -> list[str]:
        return without_repeats(forms)

    def in_paper(self) -> str | None:
        """Return the row of the paper's tables that it is, if the paper has it."""
        return self.published if "published" in self.model_fields_set else self.title or None


class Layer(NamedTuple):
    """One of the entries that the settings of an arm are merged from."""

    where: str  # its place in the config, e.g. datasets.demo.per_optimizer.adam
    part: RunPart

    @property
    def dataset(self) -> str:
        """The dataset whose runs it is about, or "" if it is about those of all."""
        kind, name, *_ = self.where.split(".")
        return name if kind == "datasets" else ""


def deciding(layers: Iterable[Layer]) -> dict[Place, str]:
    """Return where each setting is decided: the last of the layers that gives it."""
    decided: dict[Place, str] = {}
    for layer in layers:
        decided |= dict.fromkeys(layer.part.places, layer.where)
    return decided
