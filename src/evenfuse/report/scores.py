"""Tables of test scores: an arm per row, the paper's numbers beside them, references below."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from evenfuse.evaluation.predictions import by_seed
from evenfuse.evaluation.significance import binomial_standard_error
from evenfuse.metrics import family
from evenfuse.report.arms import Arm
from evenfuse.report.gaps import gaps
from evenfuse.report.published import columns, note, published
from evenfuse.report.sections import DEMO, Section
from evenfuse.report.titles import Titles
from evenfuse.settings.metrics import Family, Metric
from evenfuse.settings.study import Table

REFERENCES = {
    "training_mean": "training mean of {n_train} segments",
    "text_only": "best reachable, text only",
    "all": "best reachable, all modalities",
}


def sections(
    table: Table, arms: Sequence[Arm], titles: Titles, references: Mapping[str, Mapping[str, Any]]
) -> list[Section]:
    """Make one section per dataset, and one of the gaps between their arms.

    `references` maps a dataset to what `evenfuse score-references` wrote.
    """
    made = []
    for dataset in dict.fromkeys(arm.key[0] for arm in arms):
        own = [arm for arm in arms if arm.key[0] == dataset]
        below = _reference_rows(references[dataset], own[0].family)
        rows = pd.concat([_rows(table, own, titles), below], ignore_index=True).fillna("")
        title = f"{titles.datasets[dataset]}: {table.title}"
        made.append(Section(title, rows, _note(own) + note(table, rows)))
    return [*made, *gaps(arms, titles)]


def long_form(arms: Sequence[Arm]) -> pd.DataFrame:
    """One row per arm and metric, as computed: mean, std, interval, counts."""
    return pd.DataFrame(
        {
            **dict(zip(("dataset", "optimizer", "variant"), arm.key, strict=True)),
            "metric": name,
            "mean": metric["mean"],
            "std": metric["std"],
            "ci95_low": metric["ci95"][0],
            "ci95_high": metric["ci95"][1],
            "n_seeds": arm.results["n_seeds"],
            "n_test": arm.results["n_test"],
            "generated_data": arm.results["generated_data"],
        }
        for arm in arms
        for name, metric in arm.results["metrics"].items()
    )


def _rows(table: Table, arms: Sequence[Arm], titles: Titles) -> pd.DataFrame:
    found: dict[str, Sequence[str]] = {
        "optimizer": [titles.optimizers[arm.key[1]] for arm in arms],
        "method": [titles.variants[arm.key[2]] for arm in arms],
    }
    papers = [published(table, arm.named(), titles) for arm in arms]
    for name in arms[0].shown:
        metric = arms[0].family.metrics[name]
        cells = [_cell(metric, arm.results["metrics"][name]) for arm in arms]
        printed = [_number(metric, paper[name]) if name in paper else None for paper in papers]
        found |= columns(name, cells, printed)
    return pd.DataFrame(found)


def _reference_rows(references: Mapping[str, Any], family: Family) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "optimizer": "-",
            "method": REFERENCES[answer].format(**references),
            **{name: _number(family.metrics[name], scores[name]) for name in family.shown},
        }
        for answer, scores in references["scores"].items()
    )


def _cell(metric: Metric, result: Mapping[str, Any]) -> str:
    mean = _number(metric, result["mean"])
    return mean if result["std"] is None else f"{mean} ± {_number(metric, result['std'])}"


def _number(metric: Metric, value: float) -> str:
    return f"{100 * value:.2f}" if metric.percent else f"{value:.3f}"


def _note(arms: Sequence[Arm]) -> str:
    one, accuracy = arms[0].results, arms[0].shown[0]
    error = binomial_standard_error(one["metrics"][accuracy]["mean"], _counted(arms[0], accuracy))
    origin = DEMO if one["generated_data"] else ""
    return (
        f"{origin}{_spread(one['n_seeds'])} on {one['n_test']} test segments; epochs selected by "
        f"validation {one['selection']['metric']}. Accuracies and F1 in %. One binomial standard "
        f"error of {accuracy} is {100 * error:.1f} points."
    )


def _spread(seeds: int) -> str:
    return f"Mean ± standard deviation over {seeds} seeds" if seeds > 1 else "A single seed"


def _counted(arm: Arm, accuracy: str) -> int:
    """Return how many test segments an accuracy counts."""
    truth, _ = by_seed(arm.test_predictions())
    metrics = family(arm.results["provenance"]["config"]["metrics"])
    return len(metrics.correct(truth, truth)[accuracy])
