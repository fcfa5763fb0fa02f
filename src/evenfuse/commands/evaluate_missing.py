"""evenfuse evaluate-missing: trained runs of an arm, the test split with gaps -> scores."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import click
import torch

from evenfuse.assembly.arm import arm_predictions, in_order
from evenfuse.assembly.build import check_labels, fills, read_corpus
from evenfuse.assembly.saved import load_model
from evenfuse.batching.missing import with_missing
from evenfuse.cache.provenance import read_provenance
from evenfuse.cache.reading import read_cache
from evenfuse.cache.segments import Segments
from evenfuse.cache.staging import staged
from evenfuse.commands.options import OBJECT, computing_options, each_once
from evenfuse.evaluation.results import metric_results
from evenfuse.files import check_writable
from evenfuse.nn.model import Output
from evenfuse.nn.predict import predict
from evenfuse.records.missing import ArmMissing, Condition
from evenfuse.running.devices import leased_device
from evenfuse.settings.strict import parse
from evenfuse.settings.study import Missing
from evenfuse.settings.trees import Tree

Absent = tuple[str, ...]


@click.command()
@click.argument("runs", type=Path, nargs=-1, required=True, callback=each_once)
@click.option("--test", type=Path, required=True, help="Cache of the test split.")
@click.option("--missing", type=OBJECT, required=True, help="JSON of the study's `missing`.")
@click.option("--output", type=Path, required=True, help="JSON of the scores.")
@computing_options
def command(
    runs: tuple[Path, ...],
    test: Path,
    missing: Tree,
    output: Path,
    threads: int,
    runs_per_gpu: int,
    local_cache: Path | None,
) -> None:
    """Score the RUNS of an arm (run.json, one per seed) on a test split that misses something.

    Once without each subset of the modalities, and once for each rate, with this share of the rows
    of every modality missing: the same rows for all arms.
    """
    asked = parse(Missing, missing, "missing")
    check_writable(output.parent)
    ordered, records = in_order(runs)
    settings = records[0].settings
    segments = read_cache(staged(test, local_cache), settings.modalities)
    conditions = list(_conditions(settings.modalities, asked.rates))
    with leased_device(threads, runs_per_gpu) as device:
        outputs = [_outputs(run, segments, conditions, asked.seed, device) for run in ordered]
    scored = [arm_predictions(records, segments, each) for each in zip(*outputs, strict=True)]
    ArmMissing(
        dataset=settings.dataset,
        optimizer=settings.optimizer_name,
        variant=settings.variant,
        metrics=settings.metrics,
        modalities=settings.modalities,
        seeds=[record.settings.seed for record in records],
        mask_seed=asked.seed,
        n_test=len(segments),
        generated_data=read_provenance(test).generated,
        conditions=[
            Condition(
                absent=list(absent), rate=rate, scores=metric_results(settings.metrics, *of.by_id())
            )
            for (absent, rate), of in zip(conditions, scored, strict=True)
        ],
    ).write(output)


def _conditions(
    modalities: Sequence[str], rates: Sequence[float]
) -> Iterator[tuple[Absent, float]]:
    """Yield what is absent and the rate: nothing, then every subset but all, then the rates."""
    for number in range(len(modalities)):
        yield from ((absent, 0.0) for absent in combinations(modalities, number))
    yield from (((), rate) for rate in sorted(rates) if rate > 0)


def _outputs(
    run: Path,
    segments: Segments,
    conditions: Sequence[tuple[Absent, float]],
    seed: int,
    device: torch.device,
) -> list[Output]:
    """Return what a run predicts under each condition."""
    model, settings, tokenizer = load_model(run.with_name("model"))
    check_labels(settings, segments)
    corpus, fill = read_corpus(settings, segments, tokenizer), fills(model, tokenizer)
    model.to(device)
    outputs = []
    for absent, rate in conditions:
        rates = dict.fromkeys(absent, 1.0) if absent else dict.fromkeys(settings.modalities, rate)
        outputs.append(predict(model, with_missing(corpus, rates, seed, fill), device))
    return outputs
