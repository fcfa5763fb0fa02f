"""evenfuse fetch-encoder: a pretrained BERT from the Hugging Face hub."""

from pathlib import Path

import click

from evenfuse.downloads.encoder_pins import EncoderPins
from evenfuse.downloads.encoders import fetch_encoder


@click.command()
@click.argument("name")
@click.option(
    "--pins",
    type=Path,
    default=Path("data/downloads/encoders.json"),
    show_default=True,
    help="JSON file that remembers what a name stood for when it was first fetched.",
)
@click.option("--output", type=Path, required=True, help="Folder to use as a text encoder.")
def command(name: str, pins: Path, output: Path) -> None:
    """Fetch the BERT that the hub calls NAME or NAME@REVISION, such as google-bert/bert-base-cased.

    Only what a BERT is loaded from is fetched: its shape, its tokenizer and its weights. HF_TOKEN,
    HF_ENDPOINT, HF_HOME and HF_HUB_OFFLINE count as for any program of the hub.
    """
    pin = fetch_encoder(name, output, EncoderPins(pins))
    click.echo(f"{name}, commit {pin.commit}, in {output}")
