"""Arguments and options that several commands share."""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from evenfuse import parts
from evenfuse.settings.metrics import Family

Command = TypeVar("Command", bound=Callable[..., object])

terms_option = click.option("--terms", default="", help="Of the source files, to be kept.")
SEED = click.IntRange(0, 2**32 - 1)  # numpy takes no larger ones
COUNT = click.IntRange(1, 1_000_000)
NUMBER = click.IntRange(0, 1_000_000)


class Json(click.ParamType[Any]):
    """JSON of an object or of a list."""

    name = "json"

    def __init__(self, kind: type[dict[str, Any]] | type[list[Any]]):
        self._kind = kind

    def convert(
        self, value: Any, parameter: click.Parameter | None, context: click.Context | None
    ) -> Any:
        """Return what the JSON holds."""
        try:
            content = json.loads(value)
        except (ValueError, RecursionError):
            self.fail("it is no JSON", parameter, context)
        if not isinstance(content, self._kind):
            shape = "an object" if self._kind is dict else "a list"
            self.fail(f"it is JSON, but not {shape}", parameter, context)
        return content


OBJECT, LIST = Json(dict), Json(list)


def key_value_paths(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, Path]:
    """Read arguments of the form NAME=PATH."""
    pairs = _pairs(context, parameter, values, "PATH")
    _check_each_once(context, parameter, (name for name, _ in pairs))
    return {name: Path(path) for name, path in pairs}


def key_value_numbers(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, int]:
    """Read options of the form NAME=NUMBER."""
    pairs = _pairs(context, parameter, values, "NUMBER")
    _check_each_once(context, parameter, (name for name, _ in pairs))
    return {name: NUMBER(number, parameter, context) for name, number in pairs}


def by_need(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, list[Path]]:
    """Read arguments of the form NEED=FILE, each need as often as there are files."""
    _check_each_once(context, parameter, values)
    files: dict[str, list[Path]] = {}
    for need, path in _pairs(context, parameter, values, "FILE"):
        files.setdefault(need, []).append(Path(path))
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


def each_once(context: click.Context, parameter: click.Parameter, values: Any) -> Any:
    """Return the values of an argument or option, if none is given twice."""
    _check_each_once(context, parameter, values)
    return values


def _pairs(
    context: click.Context, parameter: click.Parameter, values: Iterable[str], kind: str
) -> list[tuple[str, str]]:
    parted = [value.partition("=") for value in values]
    if any(not name or not value for name, _, value in parted):
        raise click.BadParameter(f"each must be NAME={kind}", context, parameter)
    return [(name, value) for name, _, value in parted]


def _check_each_once(
    context: click.Context, parameter: click.Parameter, values: Iterable[object]
) -> None:
    for value, times in Counter(values).items():
        if times > 1:
            raise click.BadParameter(f"{value} is given {times} times", context, parameter)


published_option = click.option(
    "--published",
    multiple=True,
    callback=key_value_numbers,
    help="SPLIT=SEGMENTS, the expected number; a mismatch is reported.",
)


def computing_options(command: Command) -> Command:
    """Add the options of every command that computes with torch: those of its machine."""
    threads = click.option(
        "--threads", type=click.IntRange(1, 4096), default=1, show_default=True, help="CPU threads."
    )
    sharing = click.option(
        "--runs-per-gpu",
        type=COUNT,
        default=1,
        show_default=True,
        help="Runs that may share a GPU.",
    )
    local = click.option(
        "--local-cache", type=Path, help="Folder of this node that caches are copied to first."
    )
    return threads(sharing(local(command)))
