"""The card of a trained model: what it is, what it was made from, how good it is, and for what."""

from collections.abc import Mapping, Sequence

from tabulate import tabulate

from evenfuse.files import json_text
from evenfuse.parts import facts
from evenfuse.records.arms import ArmResults
from evenfuse.records.caches import CacheProvenance
from evenfuse.records.runs import RunRecord
from evenfuse.report.cells import number
from evenfuse.report.markup import as_markdown
from evenfuse.settings.metrics import Family

DEMO = (
    "**Demo numbers: the data is generated.** The model knows nothing about real speech, faces or "
    "texts, and its scores say nothing about real data."
)
LIMITS = (
    "decisions about people, such as hiring, credit, medicine, policing or school: the labels are "
    "how annotators judged a clip, not what anybody felt",
    "people, languages, recordings or topics that are not like those of its data",
    "features that other tools, other versions or other settings have made",
    "anything that the licence of its data does not allow",
)


def model_card(
    run: RunRecord,
    widths: Mapping[str, int],
    data: CacheProvenance,
    results: ArmResults | None = None,
) -> str:
    """Return the card in Markdown.

    `widths` is modality -> features per row, of all but text. Without the results of its arm, the
    scores are those of the validation split.
    """
    settings = run.settings
    title = f"{settings.model.name} on {settings.dataset}: {settings.variant}"
    paragraphs = [
        f"# {as_markdown(title)}, {as_markdown(settings.optimizer_name)}, seed {settings.seed}",
        *([DEMO] if data.generated else []),
        *_summary(run),
        "## Data",
        *_data(run, widths, data),
        "## Scores",
        *_scores(run, results),
        "## What it must not be used for",
        "\n".join(f"- {limit}" for limit in (*LIMITS, *_demo_limit(data))),
        "## Settings",
        f"```json\n{json_text(settings.model_dump(mode='json'))}```",
    ]
    return "\n\n".join(paragraphs) + "\n"


def _summary(run: RunRecord) -> list[str]:
    reads, predicts = ", ".join(run.settings.modalities), ", ".join(_family(run).columns)
    made = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    commit = f" (commit {run.git_commit})" if run.git_commit else ""
    return [
        f"It predicts {predicts} from {as_markdown(reads)} and has {run.parameters:,} parameters.",
        f"Trained with {as_markdown(made) or 'unknown software'}{commit} on {run.device}, in "
        f"{run.precision}. To use it: `evenfuse predict MODEL --manifest clips.csv --output "
        "predictions.csv`, with this folder as MODEL.",
    ]


def _data(run: RunRecord, widths: Mapping[str, int], data: CacheProvenance) -> list[str]:
    files = [(source.file, source.sha256) for source in data.sources.values()]
    features = [
        (name, str(widths[name]) if name in widths else _read_by(run))
        for name in run.settings.modalities
    ]
    terms = as_markdown(data.terms) or (
        "none, since the data is generated"
        if data.generated
        else "not known; ask whose data it is before you pass the model on"
    )
    return [
        f"Trained on {run.n_train} segments of {as_markdown(run.settings.dataset)}; the epoch was "
        f"chosen on {run.n_valid} others. The files, in the format {as_markdown(data.format)}:",
        _table(("file", "SHA-256"), files),
        _table(("modality", "features per row"), features),
        f"Licence of the data: {terms}.",
    ]


def _read_by(run: RunRecord) -> str:
    return f"tokens of the text encoder {run.settings.text_encoder} ({run.text_encoder})"


def _scores(run: RunRecord, results: ArmResults | None) -> list[str]:
    family, selection = _family(run), run.selection
    chosen = f"epoch {selection.epoch} of {selection.epochs_trained}, by {selection.metric}"
    if results is None:
        known = [name for name in family.shown if name in selection.scores]
        shown = [(name, number(family.metrics[name], selection.scores[name])) for name in known]
        return [
            f"On the {run.n_valid} validation segments that chose {chosen}; so they are too good. "
            "The test split was not read.",
            _table(("metric", "validation"), shown),
        ]
    place, several = results.seeds.index(run.settings.seed), results.n_seeds
    rows = [_tested(family, name, results, place) for name in family.shown]
    return [
        f"On {results.n_test} test segments, read once. Mean and 95 % interval are of {several} "
        f"seed{'s' if several > 1 else ''}; validation chose {chosen}.",
        _table(("metric", "this model", "mean", "95 % interval"), rows),
    ]


def _tested(family: Family, name: str, results: ArmResults, place: int) -> tuple[str, ...]:
    metric, result = family.metrics[name], results.metrics[name]
    low, high = (number(metric, bound) for bound in result.ci95)
    of_model = number(metric, result.per_seed[place])
    return name, of_model, number(metric, result.mean), f"{low} to {high}"


def _demo_limit(data: CacheProvenance) -> list[str]:
    return ["any clip of a real person: it was trained on generated numbers"] * data.generated


def _family(run: RunRecord) -> Family:
    family: Family = facts("metrics", run.settings.metrics).FAMILY
    return family


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[as_markdown(cell) for cell in row] for row in rows]
    return tabulate(cells, heads, "github", stralign="left", disable_numparse=True)
