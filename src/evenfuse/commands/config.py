"""evenfuse config: the config -> the settings of an arm, and where each comes from."""

from pathlib import Path
from typing import Any

import click
from tabulate import tabulate

from evenfuse.commands.overlays import config_option
from evenfuse.planning.routes import decide
from evenfuse.settings.arms import ArmKey
from evenfuse.settings.origins import origins
from evenfuse.settings.reading import load, read_files
from evenfuse.settings.trees import merge


@click.command()
@click.argument("arm")
@config_option
def command(arm: str, files: list[Path]) -> None:
    """Print what the runs of an ARM are trained with, e.g. demo_adam_gb, and where it is set."""
    trees = read_files(files)
    config = load(merge(*trees.values()), decide)
    rows = [
        (setting, _shown(value), origin)
        for setting, value, origin in origins(config, ArmKey.read(arm), trees)
    ]
    click.echo(tabulate(rows, ("setting", "value", "from"), "simple", disable_numparse=True))


def _shown(value: Any) -> str:
    """Return a value as a YAML file would hold it."""
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
