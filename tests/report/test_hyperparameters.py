"""Tables of hyper-parameters, from choices that are known."""

from pathlib import Path

from evenfuse.records.choices import Choice, TriedPoint
from evenfuse.report.material import Material
from evenfuse.report.tables.hyperparameters import long_form, sections
from evenfuse.settings.tables.hyperparameters import Settings
from tests.report.arms import TITLES

TABLE = Settings(title="searched", kind="hyperparameters", published=[2])
POINTS = [
    {"training.batch_size": size, "optimizer.learning_rate": rate, "model.name": "awf"}
    for size in (16, 64)
    for rate in (1e-3, 1e-4)
]


def made(folder: Path, *arms: str) -> Material:
    shared = {"std": None, "scores": [1.0], "seeds": [101], "best_epochs": [2]}
    points = [TriedPoint(settings=point, mean=1.0, **shared) for point in POINTS]
    for arm in arms:
        choice = Choice(winner=POINTS[2], metric="mae", n_valid=20, seeds=[101], points=points)
        choice.write(folder / f"{arm}.json")
    return Material({"choices": [folder / f"{arm}.json" for arm in arms]})


def test_a_row_has_what_was_tried_and_what_was_chosen(tmp_path: Path) -> None:
    (section,) = sections(TABLE, made(tmp_path, "demo_adam_gb"), TITLES)
    assert section.title == "Demo: searched"
    assert section.rows.values.tolist() == [
        ["Adam", "both", "training.batch_size", "16, 64", "64"],
        ["Adam", "both", "optimizer.learning_rate", "0.001, 0.0001", "0.001"],
        ["Adam", "both", "model.name", "awf", "awf"],
    ]
    assert section.note == (
        "Chosen by the mean validation mae of the best epochs on 20 segments, of 4 points; seeds "
        "101. The test split has no part in it."
    )


def test_the_papers_values_stand_beside_those_of_its_corpora_alone(tmp_path: Path) -> None:
    demo, mosi = sections(TABLE, made(tmp_path, "demo_adam_gb", "mosi_adam_gb"), TITLES)
    assert "paper's choice" not in demo.rows
    assert mosi.rows["paper's choice"].tolist() == ["64", "0.0001", ""]
    assert "table 2" in mosi.note


def test_long_form_has_names_and_values(tmp_path: Path) -> None:
    rows = long_form(TABLE, made(tmp_path, "demo_adam_gb"), TITLES)
    assert rows[["variant", "setting", "chosen"]].values.tolist()[0] == [
        "gb",
        "training.batch_size",
        64,
    ]
    assert rows["tried"][1] == "0.001, 0.0001"
