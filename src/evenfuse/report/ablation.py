"""The ablation table: with and without B-fusion and A-fusion (the paper's tables 7 and 9)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evenfuse.evaluation.comparison import Comparison, compare, corrected
from evenfuse.evaluation.results import by_seed
from evenfuse.evaluation.statistics import binomial_standard_error
from evenfuse.metrics import family
from evenfuse.report.arms import Arm
from evenfuse.report.titles import Titles
from evenfuse.settings.config import Comparison as Pair

# the paper prints two of each family: accuracy over two classes, and its weighted F1
EMOTIONS = ("happy", "sad", "angry", "neutral")
SHOWN = {
    "sentiment": ("acc2_non0", "f1_non0", "mae", "corr"),
    "sims": ("acc2", "f1", "mae", "corr"),
    "iemocap": tuple(f"{metric}_{emotion}" for emotion in EMOTIONS for metric in ("acc", "f1")),
}
PERCENT = ("acc", "f1", "balanced")


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
            chosen = _side_by_side(own, pair)
            if chosen:
                title = f"{titles.datasets[dataset]}: {pair.title}"
                made.append(Section(title, _rows(chosen, titles), _note(chosen)))
        best = _reachable_rows(reachable.get(dataset, {}), _shown(own[0]))
        rows = pd.concat([_rows(own, titles), best])
        made.append(Section(f"{titles.datasets[dataset]}: every arm", rows, _note(own)))
    return made


def gaps(arms: Sequence[Arm], titles: Titles) -> pd.DataFrame:
    """Test every comparison within each dataset and optimizer; p-values are Holm-corrected."""
    found = []
    for dataset in dict.fromkeys(arm.key[0] for arm in arms):
        own = [arm for arm in arms if arm.key[0] == dataset]
        for pair in titles.comparisons:
            chosen = _side_by_side(own, pair)
            twos = zip(chosen[::2], chosen[1::2], strict=True)
            found += [_gap(having, without) for without, having in twos]
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


def _side_by_side(arms: Sequence[Arm], pair: Pair) -> list[Arm]:
    """Return both arms of a pair for every optimizer that has both, the lacking one first."""
    by_key = {arm.key[1:]: arm for arm in arms}
    optimizers = dict.fromkeys(arm.key[1] for arm in arms)
    both = [(by_key.get((o, pair.without)), by_key.get((o, pair.having))) for o in optimizers]
    return [arm for two in both if None not in two for arm in two if arm]


def _reachable_rows(scores: Mapping[str, Any], shown: Sequence[str]) -> pd.DataFrame:
    said = {"text_only": "best reachable, text only", "all": "best reachable, all modalities"}
    return pd.DataFrame(
        {
            "optimizer": "-",
            "method": said[knowing],
            **{name: _number(name, own[name]) for name in shown},
        }
        for knowing, own in scores.items()
    )


def _shown(arm: Arm) -> tuple[str, ...]:
    return SHOWN[arm.results["provenance"]["config"]["metrics"]]


def _cell(name: str, metric: Mapping[str, Any]) -> str:
    mean = _number(name, metric["mean"])
    return mean if metric["std"] is None else f"{mean} ± {_number(name, metric['std'])}"


def _number(name: str, value: float) -> str:
    return f"{100 * value:.2f}" if name.startswith(PERCENT) else f"{value:.3f}"


def _note(arms: Sequence[Arm]) -> str:
    one, accuracy = arms[0].results, _shown(arms[0])[0]
    error = binomial_standard_error(one["metrics"][accuracy]["mean"], _counted(arms[0], accuracy))
    origin = "Demo numbers: the data is generated. " if one["generated_data"] else ""
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


def _gap(having: Arm, without: Arm) -> Comparison:
    names = ("_".join(having.key), "_".join(without.key))
    tables = (having.test_predictions(), without.test_predictions())
    metrics = having.results["provenance"]["config"]["metrics"]
    return compare(names, tables, metrics, _shown(having)[0])


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
