"""What datasets, optimizers and variants are called in tables and figures."""

from pydantic import field_validator

from evenfuse.settings.strict import Strict
from evenfuse.settings.study import ComparedVariants
from evenfuse.settings.texts import Title


class Titles(Strict):
    """Names to titles, to the paper's names, and the pairs of variants whose gap is tested."""

    datasets: dict[str, Title]
    optimizers: dict[str, Title]
    variants: dict[str, Title]
    published_datasets: dict[str, str | None]
    published_variants: dict[str, str | None]
    comparisons: list[ComparedVariants]

    @field_validator("datasets", "optimizers", "variants", mode="after")
    @classmethod
    def _else_its_name(cls, titles: dict[str, str]) -> dict[str, str]:
        return _OrName(titles)


class _OrName(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return name
