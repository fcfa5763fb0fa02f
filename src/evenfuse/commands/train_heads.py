"""evenfuse train-heads: trained runs of an arm -> what each modality alone predicts."""

from collections.abc import Sequence
from pathlib import Path

import click
import torch

from evenfuse.assembly.arm import arm_predictions, in_order
from evenfuse.assembly.build import check_labels, columns, read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache, read_fingerprint
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import computing_options, each_once
from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.results import arm_results
from evenfuse.files import check_writable
from evenfuse.nn.late_fusion import LateFusion
from evenfuse.nn.model import Output
from evenfuse.nn.predict import represent
from evenfuse.running.devices import leased_device
from evenfuse.training.heads import ALL, Represented, read_out


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--train", type=Path, required=True, help="Cache of the training split.")
@click.option("--valid", type=Path, required=True, help="Cache of the validation split.")
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--output", type=Path, required=True, help="JSON of the results.")
@computing_options
def command(
    runs: tuple[Path, ...],
    train: Path,
    valid: Path,
    test: Path,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Train a linear head on each Z_i of the RUNS of an arm (run.json, one per seed).

    The models stay as they are. A head learns from the training split, its best step is selected on
    the validation split, and it predicts the test split: from text alone, from audio alone, and so
    on, and from all of them. Writes scores to OUTPUT and the predictions beside it, as evaluate
    does.
    """
    check_writable(output.parent)
    ordered, records = in_order(runs)
    modalities = records[0].settings.modalities
    splits = [read_cache(staged(path, local_cache), modalities) for path in (train, valid, test)]
    with leased_device(threads, runs_per_gpu) as device:
        outputs = [_read_out(run.with_name("model"), splits, device) for run in ordered]
    predictions = arm_predictions(records, splits[-1], outputs)
    fingerprint = {test.name: read_fingerprint(test)}
    results = arm_results(records, predictions, read_provenance(test), fingerprint)
    predictions.write(output.with_suffix(".predictions.parquet"))
    results.write(output)


def _read_out(folder: Path, splits: Sequence[Segments], device: torch.device) -> Output:
    model, settings, tokenizer = load_model(folder)
    if not isinstance(model, LateFusion):
        raise EvenfuseError(
            f"{settings.variant} has no Z_i to train heads on: its model, {settings.model.name}, "
            "is none of late fusion; leave it out of the table"
        )
    model.to(device)
    represented = []
    for split in splits:
        check_labels(settings, split)
        labels = torch.from_numpy(split.labels[:, : len(columns(settings))])
        z = represent(model, read_corpus(settings, split, tokenizer), device)
        represented.append(Represented(z, labels))
    predicted = read_out(represented, settings)
    return Output(predicted.pop(ALL), others=predicted)
