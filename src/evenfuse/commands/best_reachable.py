"""evenfuse best-reachable: the planted truth of generated data -> the scores nobody can beat."""

from pathlib import Path

import click
import numpy as np
import pandas as pd

from evenfuse.metrics import family
from evenfuse.storage.cache import read_cache
from evenfuse.storage.files import write_json


@click.command()
@click.argument("planted", type=Path)
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--metrics", required=True, help="Family of metrics, e.g. sentiment.")
@click.option("--output", type=Path, required=True, help="JSON of the scores.")
def command(planted: Path, test: Path, metrics: str, output: Path) -> None:
    """Score, on the test split, whoever knows the PLANTED parts of the labels exactly.

    Two such predictors: one that knows the text's part only, one that knows all parts.
    """
    segments = read_cache(test)
    truth = segments.labels[:, 0].astype(np.float64)
    table = pd.read_parquet(planted).set_index("id").loc[segments.ids]
    scores = {
        knowing: family(metrics).scores(truth, table[f"best_{knowing}"].to_numpy())
        for knowing in ("text_only", "all")
    }
    write_json(output, {"generated_data": True, "n_test": len(segments), "scores": scores})
