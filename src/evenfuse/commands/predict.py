"""evenfuse predict: trained models and clips -> their predictions."""

from collections.abc import Sequence
from pathlib import Path

import click
import torch

from evenfuse.assembly.ensemble import answers
from evenfuse.assembly.trained import TrainedModel, load
from evenfuse.columns import write_columns, writer_of
from evenfuse.commands.options import COUNT, each_once, key_value_paths
from evenfuse.datasets.clips import one_clip, read_clips
from evenfuse.errors import EvenfuseError
from evenfuse.files import check_writable


@click.command()
@click.argument("models", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--manifest", type=Path, help="CSV with an id per clip, and its text.")
@click.option("--text", help="Text of a single clip, in place of a manifest.")
@click.option(
    "--features",
    multiple=True,
    callback=key_value_paths,
    help="NAME=FILE.npy, a modality of a single clip.",
)
@click.option("--output", type=Path, help="File.csv, .parquet or .json to write.")
@click.option("--threads", type=COUNT, default=1, show_default=True, help="Of the processor.")
def command(
    models: tuple[Path, ...],
    manifest: Path | None,
    text: str | None,
    features: dict[str, Path],
    output: Path | None,
    threads: int,
) -> None:
    """Predict clips that have no labels with MODELS, folders that runs have trained.

    evenfuse predict results/runs/demo_adam_gb/seed-*/model --manifest clips.csv --output out.csv

    The manifest has the column id, and text if the models read it; the features of a clip are in
    audio/{id}.npy and so on beside it, as in a corpus of your own. They have to be made as those
    were that the models were trained with.

    A single clip needs no manifest: --text "what is said" --features audio=a.npy. Without an
    output, the answer is printed.

    Of several models, the prediction is their mean, with their spread and each one beside it.
    """
    _check_asked(manifest, text is not None or bool(features), output)
    torch.set_num_threads(threads)
    loaded = [load(folder) for folder in models]
    _check_alike(models, loaded)
    read = loaded[0].modalities
    clips, repaired = read_clips(manifest, read) if manifest else one_clip(text, features, read)
    try:
        columns = answers(loaded, clips, "cuda" if torch.cuda.is_available() else "cpu")
    except EvenfuseError as error:
        raise EvenfuseError(f"{manifest or 'the clip'}: {error}") from None
    for name, number in repaired.items():
        if number:
            click.echo(f"{number} values of '{name}' were NaN or infinite and taken as 0", err=True)
    if output is None:
        click.echo("\n".join(f"{name}: {values[0]}" for name, values in columns.items()))
    else:
        write_columns(output, columns)
        click.echo(f"{len(clips)} clips predicted by {len(loaded)} models: {output}")


def _check_asked(manifest: Path | None, single: bool, output: Path | None) -> None:
    if (manifest is None) != single:
        raise click.UsageError("give either --manifest, or --text and --features of a single clip")
    if output is None and manifest:
        raise click.UsageError("Missing option '--output'")
    if output:
        writer_of(output)
        check_writable(output.parent)


def _check_alike(folders: Sequence[Path], models: Sequence[TrainedModel]) -> None:
    first = models[0]
    for folder, model in zip(folders, models, strict=True):
        if (model.outputs, model.modalities) != (first.outputs, first.modalities):
            raise EvenfuseError(
                f"{folder} predicts {_reads(model)}, but {folders[0]} {_reads(first)}; "
                "predict with one after the other"
            )


def _reads(model: TrainedModel) -> str:
    return f"{', '.join(model.outputs)} from {', '.join(model.modalities)}"
