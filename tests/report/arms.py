"""Arms whose numbers are known, as the workflow would leave them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from evenfuse.evaluation.predictions import Predictions
from evenfuse.evaluation.results import metric_results
from evenfuse.files import write_json
from evenfuse.metrics import family as metric_family
from evenfuse.records.arms import ArmResults
from evenfuse.report.arms import ReportedArm
from evenfuse.report.material import Material
from evenfuse.settings.study import ComparedVariants
from evenfuse.settings.titles import Titles
from tests.records.made import cache_provenance, run_record

TITLES = Titles(
    datasets={"demo": "Demo", "mosi": "CMU-MOSI"},
    optimizers={"sgd": "SGD", "adam": "Adam"},
    variants={"gb": "both", "no-gb": "A only", "concat": "neither"},
    published_datasets={"demo": None, "mosi": "mosi"},
    published_variants={"gb": "proposed", "no-gb": "without B-fusion", "concat": None},
    comparisons=[
        ComparedVariants(without="no-gb", having="gb"),
        ComparedVariants(without="gb-no-att", having="gb"),
    ],
)
MEAN = {"acc2_non0": 0.55, "f1_non0": 0.39, "mae": 1.4, "corr": 0.0, "error": 1.4}
BEST = {"acc2_non0": 0.8, "f1_non0": 0.8, "mae": 0.7, "corr": 0.8, "error": 0.7}


def material(arms: list[ReportedArm]) -> Material:
    """The files of arms, and of answers without a model."""
    folder, facts = arms[0].file.parent, arms[0].results.family
    mean = {**dict.fromkeys(facts.metrics, 0.5), **MEAN}
    values = {
        "n_train": 1284,
        "n_test": 40,
        "training_mean": [0.2] * len(facts.columns),
        "scores": {"training_mean": mean, "text_only": {**mean, **BEST}},
    }
    references = [folder / f"{dataset}.references.json" for dataset in TITLES.datasets]
    for path in references:
        write_json(path, values)
    results = [folder / f"{'_'.join(arm.results.key)}.json" for arm in arms]
    predictions = [arm.file for arm in arms]
    return Material({"results": results, "predictions": predictions, "references": references})


def arm(
    folder: Path,
    optimizer: str,
    variant: str,
    noise: float,
    family: str = "sentiment",
    networks: Sequence[str] = (),
    **changed: Any,
) -> ReportedArm:
    """An arm of two seeds on 40 segments: the truth with noise; `networks` say the opposite."""
    rng, facts = np.random.default_rng(7), metric_family(family).facts
    truth = rng.uniform(-3, 3, (40, 1))
    if len(facts.columns) > 1:
        truth = np.eye(len(facts.columns))[rng.integers(len(facts.columns), size=40)]
    predicted = truth - facts.zero + noise * rng.normal(size=(2, *truth.shape))
    ids = [f"v[{i}]" for i in range(40)]
    others = dict.fromkeys(networks, -predicted)
    made = Predictions(ids, facts.columns, [1, 2], truth, predicted, others)
    results = {
        "dataset": "demo",
        "optimizer": optimizer,
        "variant": variant,
        "model": "awf",
        "modalities": ["audio"],
        "metrics": metric_results(family, *made.by_id()),
        "others": {name: metric_results(family, *made.of(name).by_id()) for name in networks},
        "n_seeds": 2,
        "seeds": [1, 2],
        "n_train": 1284,
        "n_valid": 20,
        "n_test": 40,
        "parameters": 7,
        "seconds_per_epoch": 0.1,
        "generated_data": True,
        "selection": {
            "metric": "mae",
            "best_epochs": [1, 1],
            "epochs_trained": [2, 2],
            "scores": [{"mae": 1.0}] * 2,
        },
        "provenance": provenance(optimizer, variant, family),
    }
    results |= changed
    path = folder / f"{results['dataset']}_{optimizer}_{variant}.json"
    ArmResults.model_validate(results).write(path)
    made.write(path.with_suffix(".predictions.parquet"))
    return ReportedArm.read(path)


def provenance(optimizer: str, variant: str, family: str) -> dict[str, Any]:
    """What such an arm was made from."""
    names = {"optimizer_name": optimizer, "variant": variant, "metrics": family}
    run = run_record(1, **names, optimizer={"algorithm": optimizer})
    return {
        "git_commit": None,
        "versions": {},
        "caches": run.caches,
        "config": run.settings.arm(),
        "device": run.device,
        "data": cache_provenance(),
    }
