"""evenfuse evaluate: the trained runs of an arm and the test split -> predictions and results."""

from collections.abc import Sequence
from pathlib import Path

import click
import torch

from evenfuse.assembly.build import check_labels, columns, read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache, read_fingerprint
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import computing_options, each_once
from evenfuse.evaluation.predictions import Predictions
from evenfuse.evaluation.results import arm_results
from evenfuse.files import check_writable
from evenfuse.nn.model import Output
from evenfuse.nn.predict import predict
from evenfuse.records.runs import RunRecord
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
    records = {run: RunRecord.read(run) for run in runs}
    ordered = sorted(runs, key=lambda run: records[run].settings.seed)
    seeds = [records[run] for run in ordered]
    segments = read_cache(staged(test, local_cache), seeds[0].settings.modalities)
    with leased_device(threads, runs_per_gpu) as device:
        predictions = _predictions(ordered, seeds, segments, device)
    fingerprint = {test.name: read_fingerprint(test)}
    results = arm_results(seeds, predictions, read_provenance(test), fingerprint)
    predictions.write(output.with_suffix(".predictions.parquet"))
    results.write(output)


def _predictions(
    runs: Sequence[Path], seeds: Sequence[RunRecord], segments: Segments, device: torch.device
) -> Predictions:
    names = columns(seeds[0].settings)
    outputs = [_predicted(run.with_name("model"), segments, device) for run in runs]
    return Predictions(
        ids=segments.ids,
        columns=names,
        seeds=[record.settings.seed for record in seeds],
        truth=segments.labels[:, : len(names)],
        predicted=torch.stack([output.prediction for output in outputs]).numpy(),
        others={
            network: torch.stack([output.others[network] for output in outputs]).numpy()
            for network in outputs[0].others
        },
    )


def _predicted(folder: Path, segments: Segments, device: torch.device) -> Output:
    model, settings, tokenizer = load_model(folder)
    check_labels(settings, segments)
    corpus = read_corpus(settings, segments, tokenizer)
    return predict(model.to(device), corpus, device)
