"""evenfuse schema: the JSON schema of the config files."""

import json

import click

from evenfuse.settings.config import Config


@click.command()
def command() -> None:
    """Print the JSON schema of the config files, for editors and for reading."""
    click.echo(json.dumps(Config.model_json_schema(), indent=2))
