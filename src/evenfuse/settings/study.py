"""What is studied."""

from typing import Any

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


class ComparedVariants(Strict):
    """Two variants whose gap is tested in every table that shows both."""

    without: str = Field(description="the variant that lacks something")
    having: str = Field(description="the variant that has it")
