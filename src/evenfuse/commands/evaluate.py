"""evenfuse evaluate: the trained runs of an arm and the test split -> predictions."""

from pathlib import Path

import click
import pandas as pd
import torch

from evenfuse.assembly.saved import load_model, saved_modalities
from evenfuse.batching.corpus import corpus_from
from evenfuse.commands.options import computing_options
from evenfuse.evaluation.predictions import predict
from evenfuse.metrics import family
from evenfuse.storage.cache import Segments, read_cache
from evenfuse.storage.files import write_aside
from evenfuse.storage.staging import staged
from evenfuse.training.devices import leased_device


@click.command()
@click.argument("models", type=Path, nargs=-1, required=True)
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--output", type=Path, required=True, help="Parquet: id, truth, prediction, seed.")
@computing_options
def command(
    models: tuple[Path, ...],
    test: Path,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Predict the test split with each of the MODELS, the folders that training wrote."""
    with leased_device(threads, runs_per_gpu) as device:
        segments = read_cache(staged(test, local_cache), saved_modalities(models[0]))
        tables = [_predictions(folder, segments, device) for folder in models]
    with write_aside(output) as aside:
        pd.concat(tables).to_parquet(aside, index=False)


def _predictions(folder: Path, segments: Segments, device: torch.device) -> pd.DataFrame:
    model, settings, tokenizer = load_model(folder)
    columns = family(settings.metrics).COLUMNS
    corpus = corpus_from(segments, settings.modalities, tokenizer, len(columns))
    prediction = predict(model.to(device), corpus, device)
    endings = [f"_{column}" for column in columns] if len(columns) > 1 else [""]
    return pd.DataFrame(
        {
            "id": corpus.ids,
            **{f"truth{end}": corpus.labels[:, i].numpy() for i, end in enumerate(endings)},
            **{f"prediction{end}": prediction[:, i].numpy() for i, end in enumerate(endings)},
            "seed": settings.seed,
        }
    )
