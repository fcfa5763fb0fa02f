"""The ablation table: with and without B-fusion and A-fusion (the paper's tables 7 and 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evenfuse.evaluation.comparison import Comparison, compare, corrected
from evenfuse.report.arms import Arm
from evenfuse.report.titles import Titles

# the paper prints two of each family: accuracy over two classes, and its weighted F1
SHOWN = {
    "sentiment": ("acc2_non0", "f1_non0", "mae", "corr"),
    "sims": ("acc2", "f1", "mae", "corr"),
}
PERCENT = ("acc", "f1")


@dataclass(frozen=True)
class Section:
    """One table: a title, the rows, and a note below them."""

    title: str
    rows: pd.DataFrame
    note: str


def sections(
    arms: Sequence[Arm], titles: Titles, reachable: Mapping[str, Mapping[str, Any]]
) -> list[Section]:
    """Make one section per dataset and comparison, then one per dataset with every arm.

    A comparison is left out where one of its variants was not run. `reachable` maps a generated
    dataset to the scores of its planted truth.
    """
    made = []
    for dataset in dict.fromkeys(arm.key[0] for arm in arms):
        own = [arm for arm in arms if arm.key[0] == dataset]
        for pair in titles.comparisons:
            chosen = [arm for arm in own if arm.key[2] in (pair.without, pair.having)]
            if {arm.key[2] for arm in chosen} == {pair.without, pair.having}:
                title = f"{titles.datasets[dataset]}: {pair.title}"
                made.append(Section(title, _rows(chosen, titles), _note(chosen)))
        rows = pd.concat([_rows(own, titles), _reachable_rows(reachable.get(dataset))])
        made.append(Section(f"{titles.datasets[dataset]}: every arm", rows.fillna(""), _note(own)))
    return made


def gaps(arms: Sequence[Arm], titles: Titles) -> pd.DataFrame:
    """Test every comparison within each dataset and optimizer; p-values are Holm-corrected."""
    by_key = {arm.key: arm for arm in arms}
    found = []
    for dataset, optimizer in dict.fromkeys(arm.key[:2] for arm in arms):
        for pair in titles.comparisons:
            having, without = ((dataset, optimizer, v) for v in (pair.having, pair.without))
            if having in by_key and without in by_key:
                found.append(_gap(by_key[having], by_key[without]))
    return pd.DataFrame([_gap_row(gap) for gap in corrected(found)])


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


def _rows(arms: Sequence[Arm], titles: Titles) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "optimizer": titles.optimizers[arm.key[1]],
            "method": titles.variants[arm.key[2]],
            **{name: _cell(name, arm.results["metrics"][name]) for name in _shown(arm)},
        }
        for arm in arms
    )


def _reachable_rows(scores: Mapping[str, Any] | None) -> pd.DataFrame:
    said = {"text_only": "best reachable, text only", "all": "best reachable, all modalities"}
    return pd.DataFrame(
        {"optimizer": "-", "method": said[knowing], **{n: _number(n, v) for n, v in own.items()}}
        for knowing, own in (scores or {}).items()
    )


def _shown(arm: Arm) -> tuple[str, ...]:
    return SHOWN[arm.results["provenance"]["config"]["metrics"]]


def _cell(name: str, metric: Mapping[str, Any]) -> str:
    mean = _number(name, metric["mean"])
    return mean if metric["std"] is None else f"{mean} ± {_number(name, metric['std'])}"


def _number(name: str, value: float) -> str:
    return f"{100 * value:.2f}" if name.startswith(PERCENT) else f"{value:.3f}"


def _note(arms: Sequence[Arm]) -> str:
    one = arms[0].results
    accuracy = one["metrics"][_shown(arms[0])[0]]["mean"]
    error = (accuracy * (1 - accuracy) / one["n_test"]) ** 0.5
    origin = "Demo numbers: the data is generated. " if one["generated_data"] else ""
    return (
        f"{origin}Mean ± standard deviation over {one['n_seeds']} seeds on {one['n_test']} test "
        f"segments; epochs selected by validation {one['selection']['metric']}. Accuracies and F1 "
        f"in %. One binomial standard error of the first column is {100 * error:.1f} points."
    )


def _gap(having: Arm, without: Arm) -> Comparison:
    names = ("_".join(having.key), "_".join(without.key))
    tables = (having.test_predictions(), without.test_predictions())
    family = having.results["provenance"]["config"]["metrics"]
    return compare(names, tables, family, _shown(having)[0])


def _gap_row(gap: Comparison) -> dict[str, str]:
    return {
        "arm": gap.first,
        "against": gap.second,
        "metric": gap.metric,
        "gap (points)": f"{100 * gap.gap:+.2f}",
        "standard error": f"{100 * gap.standard_error:.2f}",
        "p (permutation)": f"{gap.p_permutation:.3f}",
        "p (McNemar)": f"{gap.p_mcnemar:.3f}",
    }
