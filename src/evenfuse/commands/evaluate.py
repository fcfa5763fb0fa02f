"""evenfuse evaluate: the trained runs of an arm and the test split -> predictions and results."""

from pathlib import Path

import click
import torch

from evenfuse.assembly.arm import arm_predictions, in_order
from evenfuse.assembly.build import check_labels, read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache, read_fingerprint
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import computing_options, each_once
from evenfuse.evaluation.results import arm_results
from evenfuse.files import check_writable
from evenfuse.nn.model import Output
from evenfuse.nn.predict import predict
from evenfuse.running.devices import leased_device


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--output", type=Path, required=True, help="JSON of the results.")
@computing_options
def command(
    runs: tuple[Path, ...],
    test: Path,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Predict the test split with the RUNS of an arm (run.json, one per seed) and score them.

    Writes mean, spread and interval of every metric to OUTPUT, and the predictions beside it:
    OUTPUT with .predictions.parquet in place of .json.
    """
    check_writable(output.parent)
    ordered, records = in_order(runs)
    segments = read_cache(staged(test, local_cache), records[0].settings.modalities)
    with leased_device(threads, runs_per_gpu) as device:
        outputs = [_predicted(run.with_name("model"), segments, device) for run in ordered]
    predictions = arm_predictions(records, segments, outputs)
    fingerprint = {test.name: read_fingerprint(test)}
    results = arm_results(records, predictions, read_provenance(test), fingerprint)
    predictions.write(output.with_suffix(".predictions.parquet"))
    results.write(output)


def _predicted(folder: Path, segments: Segments, device: torch.device) -> Output:
    model, settings, tokenizer = load_model(folder)
    check_labels(settings, segments)
    corpus = read_corpus(settings, segments, tokenizer)
    return predict(model.to(device), corpus, device)
