"""One arm's results: the seeds of a dataset, optimizer and variant put together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.significance import bootstrap_intervals, summarize
from evenfuse.metrics import family

RESAMPLES = 1000

Floats = NDArray[np.float64]
Run = Mapping[str, Any]


def by_seed(predictions: pd.DataFrame) -> tuple[Floats, Floats]:
    """Return the truth (segment, column) and the predictions (seed, segment, column).

    Seeds are in rising order. Where several columns are predicted, the table names each:
    ``truth_happy``, ``prediction_happy``.

    Raises:
        EvenfuseError: if the seeds were not evaluated on the same segments.
    """
    truths = [name for name in predictions.columns if name.startswith("truth")]
    endings = [name.removeprefix("truth") for name in truths]
    columns = [_column(predictions, ending) for ending in endings]
    truth, predicted = zip(*columns, strict=True)
    return np.stack(truth, axis=-1), np.stack(predicted, axis=-1)


def _column(predictions: pd.DataFrame, ending: str) -> tuple[Floats, Floats]:
    table = predictions.pivot(index="id", columns="seed", values=f"prediction{ending}")
    truth = predictions.groupby("id")[f"truth{ending}"].agg(["min", "max"])
    if table.isna().any(axis=None) or (truth["min"] != truth["max"]).any():
        raise EvenfuseError("the seeds of this arm were evaluated on different segments")
    return truth["min"].to_numpy(float), table.to_numpy(float).T


def arm_results(runs: Sequence[Run], predictions: pd.DataFrame) -> dict[str, Any]:
    """Put the runs of an arm, one per seed, and their test predictions together.

    Raises:
        EvenfuseError: if the runs differ in more than the seed.
    """
    runs = sorted(runs, key=lambda run: run["settings"]["seed"])
    settings = _shared([{**run["settings"], "seed": None} for run in runs], "settings")
    caches = _shared([run["caches"] for run in runs], "caches")
    truth, predicted = by_seed(predictions)
    return {
        "dataset": settings["dataset"],
        "optimizer": settings["optimizer_name"],
        "variant": settings["variant"],
        "model": settings["model"]["name"],
        "modalities": settings["modalities"],
        "n_seeds": len(runs),
        "seeds": [run["settings"]["seed"] for run in runs],
        "metrics": metric_results(settings["metrics"], truth, predicted),
        "selection": _selection(runs),
        "n_train": runs[0]["n_train"],
        "n_valid": runs[0]["n_valid"],
        "n_test": len(truth),
        "parameters": runs[0]["parameters"],
        "seconds_per_epoch": float(np.median([run["seconds_per_epoch"] for run in runs])),
        "provenance": {
            "caches": caches,
            "config": settings,
            "git_commit": runs[0]["git_commit"],
            "versions": runs[0]["versions"],
            "device": runs[0]["device"],
        },
    }


def metric_results(metrics: str, truth: Floats, predicted: Floats) -> dict[str, Any]:
    """Return mean, std (n - 1), 95 % interval and value per seed of every metric of a family.

    Takes truth (segment, column) and predictions (seed, segment, column). The interval
    is a bootstrap over test segments and seeds.
    """
    scores = family(metrics).scores
    per_seed = [scores(truth, prediction) for prediction in predicted]
    intervals = bootstrap_intervals(truth, predicted, scores, resamples=RESAMPLES, seed=0)
    return {
        name: {
            **summarize([seed[name] for seed in per_seed]),
            "ci95": list(intervals[name]),
            "per_seed": [seed[name] for seed in per_seed],
        }
        for name in intervals
    }


def _selection(runs: Sequence[Run]) -> dict[str, Any]:
    choices = [run["selection"] for run in runs]
    return {
        "split": choices[0]["split"],
        "metric": choices[0]["metric"],
        "best_epochs": [choice["epoch"] for choice in choices],
        "epochs_trained": [choice["epochs_trained"] for choice in choices],
        "scores": [choice["scores"] for choice in choices],
    }


def _shared(values: Sequence[Any], what: str) -> Any:
    if any(value != values[0] for value in values):
        raise EvenfuseError(f"the runs of this arm differ in their {what}; train them again")
    return values[0]
