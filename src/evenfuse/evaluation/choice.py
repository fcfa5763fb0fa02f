"""The best point of a grid of hyper-parameters, by the validation split alone."""

from collections.abc import Sequence
from functools import reduce
from typing import Any

import pandas as pd

from evenfuse.errors import EvenfuseError
from evenfuse.evaluation.significance import summarize
from evenfuse.metrics import family
from evenfuse.records.choices import Choice, TriedPoint
from evenfuse.records.runs import RunRecord


def choose(runs: Sequence[RunRecord], tried: Sequence[str]) -> Choice:
    """Compare the runs of a grid; `tried` names the settings that differ, like `model.dropout`.

    Raises:
        EvenfuseError: if the points were trained with different seeds.
    """
    first = runs[0]
    metric = first.selection.metric
    higher = family(first.settings.metrics).facts.metrics[metric].higher_is_better
    by_point: dict[tuple[Any, ...], list[RunRecord]] = {}
    for run in runs:
        values = tuple(_value(run, path) for path in tried)
        by_point.setdefault(values, []).append(run)
    found = [_point(dict(zip(tried, key, strict=True)), own) for key, own in by_point.items()]
    if any(point.seeds != found[0].seeds for point in found):
        raise EvenfuseError("the points of this grid were trained with different seeds")
    best = max(found, key=lambda point: point.mean if higher else -point.mean)
    return Choice(
        winner=best.settings,
        metric=metric,
        n_valid=first.n_valid,
        seeds=found[0].seeds,
        points=found,
    )


def table(choice: Choice) -> pd.DataFrame:
    """Return a row per point: its settings, mean and deviation over seeds, epochs, the winner."""
    return pd.DataFrame(
        {
            **point.settings,
            f"valid {choice.metric}": point.mean,
            "std": point.std,
            "best epochs": ", ".join(map(str, point.best_epochs)),
            "winner": "*" if point.settings == choice.winner else "",
        }
        for point in choice.points
    )


def _point(settings: dict[str, Any], runs: Sequence[RunRecord]) -> TriedPoint:
    runs = sorted(runs, key=lambda run: run.settings.seed)
    scores = [run.selection.score for run in runs]
    return TriedPoint(
        settings=settings,
        **summarize(scores),
        scores=scores,
        seeds=[run.settings.seed for run in runs],
        best_epochs=[run.selection.epoch for run in runs],
    )


def _value(run: RunRecord, path: str) -> Any:
    return reduce(lambda below, key: below[key], path.split("."), run.settings.model_dump())
