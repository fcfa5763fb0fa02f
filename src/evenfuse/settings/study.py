"""What is studied."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from evenfuse.settings.strict import Seed, Strict, without_repeats


class Missing(Strict):
    """How trained models are scored where modalities or rows are missing."""

    rates: list[Annotated[float, Field(ge=0, lt=1)]] = Field(
        [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
        description="shares of the rows of every modality that are missing, beside 0",
    )
    seed: Seed = Field(1, description="decides which rows are missing")

    @field_validator("rates")
    @classmethod
    def _no_rate_twice(cls, rates: list[float]) -> list[float]:
        return without_repeats(rates)


class Study(Strict):
    """What the rule `all` covers: every combination of these, its tables and its figures."""

    datasets: list[str] = Field(min_length=1)
    optimizers: list[str] = Field(min_length=1)
    variants: list[str] = Field(min_length=1)
    seeds: list[Seed] = Field(min_length=1)
    tables: list[str] = Field([], description="entries of `tables`; their arms are trained too")
    figures: list[str] = Field([], description="entries of `figures`")

    missing: Missing | None = Field(
        None, description="score every arm where modalities or rows are missing, too"
    )

    @field_validator("datasets", "optimizers", "variants", "seeds", "tables", "figures")
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
