"""The card of a model says what it was made from, how good it is, and what it is not for."""

from pathlib import Path

import numpy as np

from evenfuse.records.caches import CacheProvenance, Source
from evenfuse.records.runs import RunRecord
from evenfuse.report.card import model_card
from tests.records.made import cache_provenance, run_record
from tests.report.arms import arm

RUN = run_record(1, 0.75, model={"name": "awf"}).model_copy(
    update={"parameters": 12345, "git_commit": "abc"}
)


def real(**changed: object) -> CacheProvenance:
    sources = {"words": Source(file="words.csd", sha256="f" * 64)}
    return cache_provenance(generated=False).model_copy(update={"sources": sources, **changed})


def section(card: str, name: str) -> str:
    return card.split(f"## {name}\n")[1].split("\n## ")[0]


def test_it_says_what_the_model_is_and_what_it_was_made_from() -> None:
    card = model_card(RUN, {"audio": 74}, real(terms="CC BY 4.0 (https://example.org)"))
    assert card.startswith("# awf on demo: gb, sgd, seed 1\n\nIt predicts sentiment from audio")
    assert "12,345 parameters" in card and "(commit abc)" in card
    data = section(card, "Data")
    assert "| words.csd | " + "f" * 64 in data
    assert "| audio      | 74 " in data
    assert "Trained on 10 segments of demo; the epoch was chosen on 30 others" in data
    assert "Licence of the data: CC BY 4.0 (https://example.org)." in data
    assert '"hidden_size": 128' in section(card, "Settings")
    assert "decisions about people" in section(card, "What it must not be used for")
    assert "Demo" not in card


def test_unknown_terms_are_called_unknown() -> None:
    assert "Licence of the data: not known; ask" in model_card(RUN, {"audio": 74}, real())


def test_demo_numbers_are_called_so() -> None:
    card = model_card(RUN, {"audio": 12}, cache_provenance())
    assert "**Demo numbers: the data is generated.**" in card.split("## Data")[0]
    assert "any clip of a real person" in section(card, "What it must not be used for")


def test_without_an_evaluation_the_scores_are_those_of_validation() -> None:
    scores = section(model_card(RUN, {"audio": 12}, real()), "Scores")
    assert "On the 30 validation segments that chose epoch 3 of 9, by mae" in scores
    assert "The test split was not read" in scores
    assert scores.rstrip().endswith("| mae      | 0.750        |")


def test_with_an_evaluation_they_are_those_of_the_test_split(tmp_path: Path) -> None:
    results = arm(tmp_path, "sgd", "gb", 0.5).results
    second = RunRecord.model_validate(
        {**RUN.values(), "settings": RUN.settings.model_copy(update={"seed": 2})}
    )
    scores = section(model_card(second, {"audio": 12}, real(), results), "Scores")
    mae = results.metrics["mae"]
    low, high = mae.ci95
    (row,) = [line for line in scores.splitlines() if line.startswith("| mae")]
    cells = [cell.strip() for cell in row.strip("|").split("|")]
    mean = np.mean(mae.per_seed)
    assert cells == ["mae", f"{mae.per_seed[1]:.3f}", f"{mean:.3f}", f"{low:.3f} to {high:.3f}"]
    assert "On 40 test segments, read once. Mean and 95 % interval are of 2 seeds" in scores


def test_what_the_data_says_of_itself_is_text(tmp_path: Path) -> None:
    card = model_card(RUN, {"audio": 12}, real(terms="<script> | `x` [a](b)"))
    assert r"\<script> \| \`x\` \[a\](b)" in card
