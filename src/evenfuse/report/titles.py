"""What datasets, optimizers and variants are called in tables and figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evenfuse.settings.strict import parse
from evenfuse.settings.study import Comparison


@dataclass(frozen=True)
class Titles:
    """Names to titles, to the paper's names, and the pairs of variants whose gap is tested."""

    datasets: Mapping[str, str]
    optimizers: Mapping[str, str]
    variants: Mapping[str, str]
    published_datasets: Mapping[str, str | None]
    published_variants: Mapping[str, str | None]
    comparisons: list[Comparison]


def read_titles(text: str) -> Titles:
    """Read the JSON that the workflow makes from the config."""
    values: dict[str, Any] = json.loads(text)
    pairs = [parse(Comparison, pair, "comparisons") for pair in values.pop("comparisons")]
    return Titles(**values, comparisons=pairs)
