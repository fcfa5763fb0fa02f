"""Options that several commands share."""

from pathlib import Path

import click


def key_value_paths(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, Path]:
    """Read arguments of the form NAME=PATH."""
    pairs = [value.partition("=") for value in values]
    if any(not name or not path for name, _, path in pairs):
        raise click.BadParameter("each must be NAME=PATH", context, parameter)
    return {name: Path(path) for name, _, path in pairs}
