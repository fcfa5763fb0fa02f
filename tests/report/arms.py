"""Arms whose numbers are known, as the workflow would leave them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evenfuse.evaluation.results import by_seed, metric_results
from evenfuse.files import write_json
from evenfuse.report.arms import ReportedArm
from evenfuse.report.material import Material
from evenfuse.settings.study import ComparedVariants
from evenfuse.settings.titles import Titles

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
REFERENCES = {"n_train": 1284, "scores": {"training_mean": MEAN, "text_only": BEST}}


def material(arms: list[ReportedArm]) -> Material:
    """The files of arms, and of answers without a model."""
    folder = arms[0].predictions.parent
    references = [folder / f"{dataset}.references.json" for dataset in TITLES.datasets]
    for path in references:
        write_json(path, REFERENCES)
    results = [folder / f"{'_'.join(arm.key)}.json" for arm in arms]
    predictions = [arm.predictions for arm in arms]
    return Material({"results": results, "predictions": predictions, "references": references})


def arm(
    folder: Path,
    optimizer: str,
    variant: str,
    noise: float,
    family: str = "sentiment",
    **changed: Any,
) -> ReportedArm:
    """An arm of two seeds on 40 segments: the truth with noise."""
    rng = np.random.default_rng(7)
    truth = np.tile(rng.uniform(-3, 3, 40), 2)
    table = pd.DataFrame(
        {
            "id": [f"v[{i}]" for i in range(40)] * 2,
            "truth": truth,
            "prediction": truth + noise * rng.normal(size=80),
            "seed": np.repeat([1, 2], 40),
        }
    )
    results = {
        "dataset": "demo",
        "optimizer": optimizer,
        "variant": variant,
        "metrics": metric_results(family, *by_seed(table)),
        "n_seeds": 2,
        "n_test": 40,
        "generated_data": True,
        "selection": {"metric": "mae"},
        "provenance": {
            "config": {"metrics": family, "optimizer": {"algorithm": optimizer}},
        },
    }
    results |= changed
    path = folder / f"{results['dataset']}_{optimizer}_{variant}.json"
    write_json(path, results)
    table.to_parquet(path.with_suffix(".predictions.parquet"))
    return ReportedArm.read(path)
