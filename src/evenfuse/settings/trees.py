"""Trees of settings, laid over one another."""

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]


def merge(*trees: Mapping[str, Any]) -> Tree:
    """Lay trees of settings over one another, key by key; none of them is changed."""
    merged: Tree = {}
    for tree in trees:
        for key, value in tree.items():
            below = merged.get(key)
            both = isinstance(below, Mapping) and isinstance(value, Mapping)
            merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged
