"""What is studied, and the tables and figures that show it."""

from typing import Any, Literal

from pydantic import Field, field_validator

from evenfuse.settings.strict import Seed, Strict, without_repeats


class Study(Strict):
    """What the rule `all` covers: every combination of these, its tables and its figures."""

    datasets: list[str] = Field(min_length=1)
    optimizers: list[str] = Field(min_length=1)
    variants: list[str] = Field(min_length=1)
    seeds: list[Seed] = Field(min_length=1)
    tables: list[str] = Field([], description="entries of `tables`; their arms are trained too")
    figures: list[str] = Field([], description="entries of `figures`")

    @field_validator("*")
    @classmethod
    def _no_repeats(cls, values: list[Any]) -> list[Any]:
        return without_repeats(values)


class Tuning(Strict):
    """The search of hyper-parameters on the validation split."""

    seeds: list[Seed] = Field([101, 102], min_length=1, description="not the study's")


class Comparison(Strict):
    """Two variants whose gap is tested in every table that shows both."""

    without: str = Field(description="the variant that lacks something")
    having: str = Field(description="the variant that has it")


class Table(Strict):
    """A table: one section per dataset of the study, one row per arm."""

    title: str = Field(description="as shown above it")
    measure: Literal["scores", "seconds"] = Field(
        "scores", description="test scores over the seeds, or seconds per epoch"
    )
    published: list[int] = Field([], description="tables of the paper to show beside it")
    optimizers: list[str] | None = Field(None, description="in place of the study's")
    variants: list[str] | None = Field(None, description="in place of the study's")
    every_arm: bool = Field(False, description="every arm that the study trains, in place of both")


class Figure(Strict):
    """A figure over the epochs, of those arms that the study trains."""

    title: str = Field(description="as shown in the report")
    draws: Literal["gradients", "fusion_weights"] = "gradients"
    panels: list[list[str]] = Field(
        min_length=1, description="rows of variants, for every dataset and optimizer"
    )
