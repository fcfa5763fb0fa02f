"""The option --config of commands that read the config, which no command of a rule does."""

from pathlib import Path

import click

from evenfuse.settings.reading import config_files


def over_the_config(
    context: click.Context, parameter: click.Parameter, values: tuple[Path, ...]
) -> list[Path]:
    """Return the files of the config, and after them those that are given."""
    return [*config_files(), *values]


config_option = click.option(
    "--config",
    "files",
    type=Path,
    multiple=True,
    callback=over_the_config,
    help="A file to lay over those of config/; may be given again.",
)
