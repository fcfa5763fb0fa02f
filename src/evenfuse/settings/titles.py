"""What datasets, optimizers and variants are called in tables and figures."""

from collections.abc import Mapping
from typing import Self

from evenfuse.settings.config import Config
from evenfuse.settings.strict import Strict
from evenfuse.settings.study import ComparedVariants


class Titles(Strict):
    """Names to titles, to the paper's names, and the pairs of variants whose gap is tested."""

    datasets: Mapping[str, str]
    optimizers: Mapping[str, str]
    variants: Mapping[str, str]
    published_datasets: Mapping[str, str | None]
    published_variants: Mapping[str, str | None]
    comparisons: list[ComparedVariants]

    @classmethod
    def of(cls, config: Config) -> Self:
        """Take them from the config; what has no title is called by its name."""
        datasets, variants = config.datasets.items(), config.variants.items()
        return cls(
            datasets={name: data.title for name, data in datasets},
            optimizers={name: part.title or name for name, part in config.optimizers.items()},
            variants={name: part.title or name for name, part in variants},
            published_datasets={name: data.published_as for name, data in datasets},
            published_variants={name: part.published for name, part in variants},
            comparisons=config.comparisons,
        )
