"""What datasets, optimizers and variants are called in tables and figures."""

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
