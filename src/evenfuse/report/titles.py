"""What datasets, optimizers and variants are called in tables and figures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evenfuse.settings.config import Comparison
from evenfuse.settings.strict import parse


@dataclass(frozen=True)
class Titles:
    """Names to titles, and the pairs of variants that are set side by side."""

    datasets: Mapping[str, str]
    optimizers: Mapping[str, str]
    variants: Mapping[str, str]
    comparisons: list[Comparison]


def read_titles(text: str) -> Titles:
    """Read the JSON that the workflow makes from the config."""
    values: dict[str, Any] = json.loads(text)
    pairs = [parse(Comparison, pair, "comparisons") for pair in values.pop("comparisons")]
    return Titles(**values, comparisons=pairs)
