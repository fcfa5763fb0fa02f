"""evenfuse unpack: the file of a packed model -> its folder."""

from pathlib import Path

import click

from evenfuse.assembly.packing import unpack


@click.command()
@click.argument("packed", type=Path)
@click.argument("folder", type=Path)
def command(packed: Path, folder: Path) -> None:
    """Unpack a model that `evenfuse pack` has PACKED into FOLDER, which must not be there yet.

    Nothing in the file is run. A file that is damaged, or holds anything but a model, is refused,
    and nothing of it is written.
    """
    unpack(packed, folder)
    click.echo(f"{folder} holds the model; its README.md says what it is")
