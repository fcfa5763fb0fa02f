"""Trees of settings, laid over one another."""

from collections.abc import Mapping
from typing import Any

Tree = dict[str, Any]
Place = tuple[str, ...]  # the keys that lead to a value of a tree


def merge(*trees: Mapping[str, Any]) -> Tree:
    """Lay trees of settings over one another, key by key; none of them is changed."""
    merged: Tree = {}
    for tree in trees:
        for key, value in tree.items():
            below = merged.get(key)
            both = isinstance(below, Mapping) and isinstance(value, Mapping)
            merged[key] = merge(below, value) if both else value  # type: ignore[arg-type]
    return merged


def values_in(tree: Mapping[str, Any], above: Place = ()) -> dict[Place, Any]:
    """Return place -> value of a tree, e.g. `("model", "dropout") -> 0.1`."""
    found: dict[Place, Any] = {}
    for key, value in tree.items():
        if isinstance(value, Mapping):
            found |= values_in(value, (*above, key))
        else:
            found[*above, key] = value
    return found


def holds(tree: Any, place: Place) -> bool:
    """Return whether a tree has something at a place."""
    for key in place:
        if not isinstance(tree, Mapping) or key not in tree:
            return False
        tree = tree[key]
    return True
