"""evenfuse schema: the JSON schema of the config files."""

import json

import click

from evenfuse.settings.schema import schema


@click.command()
def command() -> None:
    """Print the JSON schema of the files in config/, for editors and for reading."""
    click.echo(json.dumps(schema(), indent=2))
