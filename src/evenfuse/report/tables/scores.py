"""Tables of test scores: an arm per row, the paper's numbers beside them, references below."""

from collections.abc import Mapping, Sequence

import pandas as pd

from evenfuse.evaluation.significance import binomial_standard_error
from evenfuse.records.references import References
from evenfuse.report import learnt
from evenfuse.report.arms import ReportedArm
from evenfuse.report.cells import cell, number
from evenfuse.report.gaps import gaps
from evenfuse.report.material import Material
from evenfuse.report.others import others
from evenfuse.report.published import columns, note, published
from evenfuse.report.sections import DEMO, Section
from evenfuse.settings.metrics import Family
from evenfuse.settings.tables import PaperTable
from evenfuse.settings.tables.scores import Settings
from evenfuse.settings.titles import Titles

REFERENCES = {
    "training_mean": "training mean of {n_train} segments",
    "text_only": "best reachable, text only",
    "audio_only": "best reachable, audio only",
    "video_only": "best reachable, video only",
    "all": "best reachable, all modalities",
}


def sections(table: Settings, material: Material, titles: Titles) -> list[Section]:
    """Make a section per dataset, one of what others print of it, and one of all gaps."""
    made, arms, references = [], material.arms(), material.references()
    for dataset, own in by_dataset(arms).items():
        shown = [row for arm in own for row in arm.networks()]
        made.append(section_of(table, shown, references[dataset], titles))
        made += others(table, own, titles)
    return [*made, *gaps(arms, titles)]


def by_dataset(arms: Sequence[ReportedArm]) -> dict[str, list[ReportedArm]]:
    """Return the arms of each dataset, in their order."""
    datasets = dict.fromkeys(arm.results.dataset for arm in arms)
    return {name: [arm for arm in arms if arm.results.dataset == name] for name in datasets}


def section_of(
    table: PaperTable, shown: Sequence[ReportedArm], references: References, titles: Titles
) -> Section:
    """Make the section of a dataset: a row for each arm or network, and answers without a model."""
    above = _rows(table, shown, references, titles)
    below = _reference_rows(references, shown[0].results.family)
    rows = pd.concat([above, below], ignore_index=True).fillna("")
    title = f"{titles.datasets[shown[0].results.dataset]}: {table.title}"
    return Section(title, rows, _note(shown, above) + note(table, rows))


def long_form(table: Settings, material: Material, titles: Titles) -> pd.DataFrame:
    """One row per arm and metric, as computed: mean, std, interval, training mean, counts."""
    return long_form_of(material.arms(), material.references())


def long_form_of(arms: Sequence[ReportedArm], references: Mapping[str, References]) -> pd.DataFrame:
    """One row per arm, network and metric."""
    return pd.DataFrame(
        {
            **dict(zip(("dataset", "optimizer", "variant"), arm.results.key, strict=True)),
            "network": arm.network,
            "metric": name,
            "mean": metric.mean,
            "std": metric.std,
            "ci95_low": metric.ci95[0],
            "ci95_high": metric.ci95[1],
            "training_mean": references[arm.results.dataset].scores["training_mean"][name],
            "clearly_better": better[name],
            "n_seeds": arm.results.n_seeds,
            "n_test": arm.results.n_test,
            "generated_data": arm.results.generated_data,
        }
        for reported in arms
        for arm in reported.networks()
        for better in [learnt.is_better(arm, references[arm.results.dataset])]
        for name, metric in arm.results.metrics.items()
    )


def _rows(
    table: PaperTable, arms: Sequence[ReportedArm], references: References, titles: Titles
) -> pd.DataFrame:
    found: dict[str, Sequence[str]] = {
        "optimizer": [titles.optimizers[arm.results.optimizer] for arm in arms],
        "method": [_method(arm, titles) for arm in arms],
    }
    papers, family = (
        [published(table, arm.identity(), titles) for arm in arms],
        arms[0].results.family,
    )
    better = [learnt.is_better(arm, references) for arm in arms]
    for name in family.shown:
        metric = family.metrics[name]
        cells = [
            cell(metric, arm.results.metrics[name]) + ("" if own[name] else learnt.MARK)
            for arm, own in zip(arms, better, strict=True)
        ]
        printed = [number(metric, paper[name].value) if name in paper else None for paper in papers]
        found |= columns(name, cells, printed)
    return pd.DataFrame(found)


def _method(arm: ReportedArm, titles: Titles) -> str:
    title = titles.variants[arm.results.variant]
    return f"{title}: {arm.network}" if arm.network else title


def _reference_rows(references: References, family: Family) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "optimizer": "-",
            "method": REFERENCES[answer].format(n_train=references.n_train),
            **{name: number(family.metrics[name], scores[name]) for name in family.shown},
        }
        for answer, scores in references.scores.items()
    )


def _note(arms: Sequence[ReportedArm], rows: pd.DataFrame) -> str:
    one, family = arms[0].results, arms[0].results.family
    origin = DEMO if one.generated_data else ""
    marked = any(shown.endswith(learnt.MARK) for shown in rows.to_numpy().flat)
    percent = any(family.metrics[name].percent for name in family.shown)
    return (
        f"{origin}{_spread(one.n_seeds)} on {one.n_test} test segments; epochs selected by "
        f"validation {one.selection.metric}.{' Accuracies and F1 in %.' if percent else ''}"
        f"{_standard_error(arms[0])}{learnt.note(marked, one.n_seeds)}"
    )


def _spread(seeds: int) -> str:
    return f"Mean ± standard deviation over {seeds} seeds" if seeds > 1 else "A single seed"


def _standard_error(arm: ReportedArm) -> str:
    first = arm.results.shown[0]
    if not arm.results.family.metrics[first].percent:
        return ""
    error = binomial_standard_error(arm.results.metrics[first].mean, arm.counted)
    return f" One binomial standard error of {first} is {100 * error:.1f} points."
