"""What datasets, optimizers and variants are called in tables and figures."""

from evenfuse.settings.strict import Strict
from evenfuse.settings.study import ComparedVariants


class Titles(Strict):
    """Names to titles, to the paper's names, and the pairs of variants whose gap is tested."""

    datasets: dict[str, str]
    optimizers: dict[str, str]
    variants: dict[str, str]
    published_datasets: dict[str, str | None]
    published_variants: dict[str, str | None]
    comparisons: list[ComparedVariants]
