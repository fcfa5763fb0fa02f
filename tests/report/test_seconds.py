"""Tables of seconds, from epochs whose times are known."""

from pathlib import Path
from typing import Any

from evenfuse.records.timings import Timing
from evenfuse.report.material import Material
from evenfuse.report.tables.seconds import long_form, sections
from evenfuse.settings.tables.seconds import Settings
from tests.report.arms import TITLES

TABLE = Settings(title="seconds per epoch", kind="seconds", published=[6])


def timing(folder: Path, dataset: str, generated: bool) -> Material:
    names = {"optimizer": "sgd", "algorithm": "sgd", "variant": "gb"}
    gb = {**names, "parameters": 12345, "precision": "float32"}
    concat = {**gb, "variant": "concat", "seconds": [1.0, 1.0, 1.0]}
    measured: dict[str, Any] = {
        "dataset": dataset,
        "generated_data": generated,
        "n_train": 1284,
        "device": "CPU (x86_64)",
        "threads": 2,
        "provenance": {"git_commit": None, "versions": {}, "caches": {}},
        "models": [{**gb, "seconds": [2.0, 9.0, 2.5]}, concat],
    }
    Timing.model_validate(measured).write(folder / f"{dataset}.json")
    return Material({"seconds": [folder / f"{dataset}.json"]})


def test_a_slow_epoch_does_not_move_the_median(tmp_path: Path) -> None:
    (section,) = sections(TABLE, timing(tmp_path, "demo", True), TITLES)
    assert section.title == "Demo: seconds per epoch"
    assert section.rows.values.tolist()[0] == ["SGD", "both", "12,345", "2.50", "2.00 to 9.00"]
    assert section.note == (
        "Demo numbers: the data is generated. Median of 3 epochs on 1284 training segments, after "
        "one to warm up; all models in one process, in turns; CPU (x86_64), 2 CPU threads."
    )


def test_the_papers_seconds_stand_beside_those_on_real_data(tmp_path: Path) -> None:
    (section,) = sections(TABLE, timing(tmp_path, "mosi", False), TITLES)
    assert section.rows["paper's seconds"].tolist() == ["6.78", ""]
    assert section.note.endswith("Its hardware is unknown.")


def test_long_form_has_a_row_per_model_and_epoch(tmp_path: Path) -> None:
    table = long_form(TABLE, timing(tmp_path, "demo", True), TITLES)
    assert len(table) == 6
    assert table[table["variant"] == "gb"]["seconds"].tolist() == [2.0, 9.0, 2.5]
