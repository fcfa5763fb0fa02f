"""Arms whose numbers are known, as the workflow would leave them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from evenfuse.evaluation.results import by_seed, metric_results
from evenfuse.report.arms import Arm
from evenfuse.report.titles import Titles
from evenfuse.settings.study import Comparison

TITLES = Titles(
    datasets={"demo": "Demo", "mosi": "CMU-MOSI"},
    optimizers={"sgd": "SGD", "adam": "Adam"},
    variants={"gb": "both", "no-gb": "A only", "concat": "neither"},
    published_datasets={"demo": None, "mosi": "mosi"},
    published_variants={"gb": "proposed", "no-gb": "without B-fusion", "concat": None},
    comparisons=[
        Comparison(without="no-gb", having="gb"),
        Comparison(without="gb-no-att", having="gb"),
    ],
)
MEAN = {"acc2_non0": 0.55, "f1_non0": 0.39, "mae": 1.4, "corr": 0.0}
BEST = {"acc2_non0": 0.8, "f1_non0": 0.8, "mae": 0.7, "corr": 0.8}
REFERENCES = {"n_train": 1284, "scores": {"training_mean": MEAN, "text_only": BEST}}


def arm(folder: Path, optimizer: str, variant: str, noise: float, **changed: Any) -> Arm:
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
    path = folder / f"{optimizer}_{variant}.parquet"
    table.to_parquet(path)
    results = {
        "dataset": "demo",
        "optimizer": optimizer,
        "variant": variant,
        "metrics": metric_results("sentiment", *by_seed(table)),
        "n_seeds": 2,
        "n_test": 40,
        "generated_data": True,
        "selection": {"metric": "mae"},
        "provenance": {
            "config": {"metrics": "sentiment", "optimizer": {"algorithm": optimizer}},
        },
    }
    return Arm({**results, **changed}, path)
