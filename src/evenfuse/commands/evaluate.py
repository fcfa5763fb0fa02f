"""evenfuse evaluate: the trained runs of an arm and the test split -> predictions."""

from pathlib import Path

import click
import pandas as pd
import torch

from evenfuse.assembly.build import columns, read_corpus
from evenfuse.assembly.saved import load_model, saved_modalities
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import computing_options
from evenfuse.files import write_aside
from evenfuse.nn.predict import predict
from evenfuse.running.devices import leased_device


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
    corpus = read_corpus(settings, segments, tokenizer)
    prediction = predict(model.to(device), corpus, device)
    names = columns(settings)
    endings = [f"_{name}" for name in names] if len(names) > 1 else [""]
    return pd.DataFrame(
        {
            "id": corpus.ids,
            **{f"truth{end}": corpus.labels[:, i].numpy() for i, end in enumerate(endings)},
            **{f"prediction{end}": prediction[:, i].numpy() for i, end in enumerate(endings)},
            "seed": settings.seed,
        }
    )
