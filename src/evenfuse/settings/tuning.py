"""Grids of hyper-parameters: their points, and the point that won."""

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any
from urllib.parse import quote

from evenfuse.settings.trees import Tree, merge

Point = dict[str, Any]  # "optimizer.learning_rate" -> value


def points(grid: Mapping[str, Sequence[Any]]) -> list[Point]:
    """Return every combination of the values, in the order of the grid."""
    return [dict(zip(grid, values, strict=True)) for values in product(*grid.values())]


def path_of(point: Point) -> str:
    """Return the folder of a point, like `model.dropout~0.1/optimizer.learning_rate~0.01`."""
    return "/".join(f"{_quoted(setting)}~{_quoted(value)}" for setting, value in point.items())


def _quoted(part: object) -> str:
    return quote(str(part), safe="")


def with_point(tree: Mapping[str, Any], point: Point) -> Tree:
    """Lay a point over a tree of settings."""
    for path, value in point.items():
        part: Any = value
        for key in reversed(path.split(".")):
            part = {key: part}
        tree = merge(tree, part)
    return dict(tree)
