"""evenfuse evaluate: the trained runs of an arm and the test split -> predictions."""

from pathlib import Path

import click
import pandas as pd

from evenfuse.assembly.saved import load_model
from evenfuse.batching.corpus import corpus_from
from evenfuse.evaluation.predictions import predict
from evenfuse.metrics import family
from evenfuse.storage.cache import Segments, read_cache
from evenfuse.storage.files import write_aside
from evenfuse.training.seeds import device_for_run


@click.command()
@click.argument("models", type=Path, nargs=-1, required=True)
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--threads", default=1, show_default=True, help="CPU threads.")
@click.option("--output", type=Path, required=True, help="Parquet: id, truth, prediction, seed.")
def command(models: tuple[Path, ...], test: Path, threads: int, output: Path) -> None:
    """Predict the test split with each of the MODELS, the folders that training wrote."""
    segments = read_cache(test)
    tables = [_predictions(folder, segments, threads) for folder in models]
    with write_aside(output) as aside:
        pd.concat(tables).to_parquet(aside, index=False)


def _predictions(folder: Path, segments: Segments, threads: int) -> pd.DataFrame:
    device = device_for_run(threads)
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
