"""Options that several commands share."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from evenfuse import parts
from evenfuse.settings.metrics import Family

Command = TypeVar("Command", bound=Callable[..., object])


def key_value_paths(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, Path]:
    """Read arguments of the form NAME=PATH."""
    pairs = [value.partition("=") for value in values]
    if any(not name or not path for name, _, path in pairs):
        raise click.BadParameter("each must be NAME=PATH", context, parameter)
    return {name: Path(path) for name, _, path in pairs}


def key_value_numbers(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    """Read options of the form NAME=NUMBER."""
    pairs = [value.partition("=") for value in values]
    if any(not name or not number.isdigit() for name, _, number in pairs):
        raise click.BadParameter("each must be NAME=NUMBER", context, parameter)
    return {name: int(number) for name, _, number in pairs}


def by_need(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[Path]]:
    """Read arguments of the form NEED=FILE, each need as often as there are files."""
    files: dict[str, list[Path]] = {}
    for value in values:
        for need, path in key_value_paths(context, parameter, (value,)).items():
            files.setdefault(need, []).append(path)
    return files


def family_of(
    context: click.Context, parameter: click.Parameter, name: str | None
) -> Family | None:
    """Read the name of a family of metrics."""
    return parts.facts("metrics", name).FAMILY if name else None


metrics_option = click.option(
    "--metrics",
    "family",
    callback=family_of,
    help="sentiment, sims or iemocap: a label outside their range is an error.",
)
published_option = click.option(
    "--published",
    multiple=True,
    callback=key_value_numbers,
    help="SPLIT=SEGMENTS, the expected number; a mismatch is reported.",
)


def computing_options(command: Command) -> Command:
    """Add the options of every command that computes with torch: those of its machine."""
    threads = click.option("--threads", default=1, show_default=True, help="CPU threads.")
    sharing = click.option(
        "--runs-per-gpu", default=1, show_default=True, help="Runs that may share a GPU."
    )
    local = click.option(
        "--local-cache", type=Path, help="Folder of this node that caches are copied to first."
    )
    return threads(sharing(local(command)))
