"""evenfuse aggregate: runs and predictions of an arm -> its results."""

from pathlib import Path

import click
import pandas as pd

from evenfuse.cache.reading import read_fingerprint, read_provenance
from evenfuse.evaluation.results import arm_results
from evenfuse.files import read_json, write_json


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True)
@click.option("--predictions", type=Path, required=True, help="Parquet of the test predictions.")
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--output", type=Path, required=True, help="JSON of the results.")
def command(runs: tuple[Path, ...], predictions: Path, test: Path, output: Path) -> None:
    """Put the RUNS of an arm (run.json, one per seed) together: mean, spread, interval."""
    results = arm_results([read_json(run) for run in runs], pd.read_parquet(predictions))
    data = read_provenance(test)
    results["generated_data"] = bool(data["counts"].get("generated"))
    results["provenance"]["caches"][test.name] = read_fingerprint(test)
    results["provenance"]["data"] = data
    write_json(output, results)
