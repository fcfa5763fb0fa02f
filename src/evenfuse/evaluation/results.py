"""One arm's results: the seeds of a dataset, optimizer and variant put together."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation import crossed
from evenfuse.evaluation.contributions import contributions
from evenfuse.evaluation.predictions import Floats, Predictions
from evenfuse.evaluation.significance import summarize
from evenfuse.metrics import family
from evenfuse.records.arms import ArmProvenance, ArmResults, ArmSelection, MetricResult
from evenfuse.records.caches import CacheProvenance
from evenfuse.records.runs import RunRecord
from evenfuse.settings.run import ArmSettings

Shared = TypeVar("Shared")


def arm_results(
    runs: Sequence[RunRecord],
    predictions: Predictions,
    test: CacheProvenance,
    fingerprint: Mapping[str, str],
) -> ArmResults:
    """Put the runs of an arm, in the order of the seeds, and their test predictions together.

    `fingerprint` maps the file of the test split to the digest of its content.

    Raises:
        EvenfuseError: if the runs differ in more than the seed.
    """
    first, arm = runs[0], _shared([run.settings.arm() for run in runs], "settings")
    _shared([run.text_encoder for run in runs], "text encoder")
    caches = {**_shared([run.caches for run in runs], "caches"), **fingerprint}
    truth, predicted = predictions.by_id()
    return ArmResults(
        dataset=arm.dataset,
        optimizer=arm.optimizer_name,
        variant=arm.variant,
        model=arm.model.name,
        modalities=arm.modalities,
        n_seeds=len(runs),
        seeds=[run.settings.seed for run in runs],
        metrics=metric_results(arm.metrics, truth, predicted),
        others={
            network: metric_results(arm.metrics, *predictions.of(network).by_id())
            for network in predictions.others
        },
        selection=_selection(runs),
        n_train=first.n_train,
        n_valid=first.n_valid,
        n_test=len(truth),
        parameters=first.parameters,
        seconds_per_epoch=float(np.median([run.seconds_per_epoch for run in runs])),
        generated_data=test.generated,
        provenance=_provenance(first, arm, caches, test),
    )


def _provenance(
    run: RunRecord, arm: ArmSettings, caches: Mapping[str, str], test: CacheProvenance
) -> ArmProvenance:
    return ArmProvenance(
        caches=dict(caches),
        text_encoder=run.text_encoder,
        config=arm,
        git_commit=run.git_commit,
        versions=run.versions,
        device=run.device,
        data=test,
    )


def metric_results(metrics: str, truth: Floats, predicted: Floats) -> dict[str, MetricResult]:
    """Return mean, std (n - 1), 95 % interval and value per seed of every metric of a family.

    Takes truth (segment, column) and predictions (seed, segment, column). The interval
    takes test segments and seeds as draws.
    """
    own = family(metrics)
    per_seed = [own.scores(truth, prediction) for prediction in predicted]
    drawn = contributions(metrics, truth, predicted)
    intervals = {name: crossed.mean(scores) for name, scores in drawn.items()}
    return {
        name: MetricResult(
            **summarize([seed[name] for seed in per_seed]),
            ci95=(intervals[name].low, intervals[name].high),
            per_seed=[seed[name] for seed in per_seed],
        )
        for name in per_seed[0]
    }


def _selection(runs: Sequence[RunRecord]) -> ArmSelection:
    choices = [run.selection for run in runs]
    return ArmSelection(
        metric=choices[0].metric,
        best_epochs=[choice.epoch for choice in choices],
        epochs_trained=[choice.epochs_trained for choice in choices],
        scores=[choice.scores for choice in choices],
    )


def _shared(values: Sequence[Shared], what: str) -> Shared:
    if any(value != values[0] for value in values):
        raise EvenfuseError(f"the runs of this arm differ in their {what}; train them again")
    return values[0]
