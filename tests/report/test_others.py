"""What others print of the same models stands beside ours, with its source, on real data alone."""

from pathlib import Path
from typing import Any

import pandas as pd

from evenfuse.report.others import others
from evenfuse.report.published import FILE, OTHERS, PAPER
from evenfuse.report.sections import Section
from evenfuse.settings.tables.scores import Settings
from tests.report.arms import TITLES, arm

TABLE = Settings(title="baselines", published=[4, 5, 7])
NAMED = {"misa": "MISA", "tfn": "TFN", "hgraph-cl": "HGraph-CL", "mult": "MulT"}
WITH_BASELINES = TITLES.model_copy(
    update={
        "variants": {**TITLES.variants, **NAMED},
        "published_variants": {**TITLES.published_variants, **NAMED},
        "published_datasets": {**TITLES.published_datasets, "iemocap": "iemocap"},
        "datasets": {**TITLES.datasets, "iemocap": "IEMOCAP"},
    }
)
REAL = {"dataset": "mosi", "generated_data": False}


def made(folder: Path, *variants: str, optimizer: str = "adam", **changed: Any) -> list[Section]:
    arms = [arm(folder, optimizer, each, 1.0, **{**REAL, **changed}) for each in variants]
    return others(TABLE, arms, WITH_BASELINES)


def test_a_row_has_the_numbers_of_all_who_printed_some(tmp_path: Path) -> None:
    (section,) = made(tmp_path, "misa", "tfn", "concat")
    assert section.title == "CMU-MOSI: published for the same models"
    rows = section.rows.set_index(["method", "metric"])
    assert rows.columns.tolist() == [
        *("optimizer", "ours", "paper", "paper quotes", "MMSA", "own paper")
    ]
    assert rows.index.tolist() == [
        (method, metric)
        for method in ("MISA", "TFN")  # nobody has printed anything of concat
        for metric in ("acc2_non0", "f1_non0", "mae", "corr")
    ]
    published = ["paper", "paper quotes", "MMSA", "own paper"]
    assert rows.loc[("MISA", "acc2_non0"), published].tolist() == [
        *("83.40", "[13]", "83.54", "83.40")
    ]
    assert rows.loc[("MISA", "mae"), published].tolist() == ["0.783", "[13]", "0.777", "0.783"]
    assert rows.loc[("TFN", "corr"), published].tolist() == ["", "", "0.673", ""]
    assert rows.loc[("TFN", "acc2_non0"), "ours"].count("±") == 1


def test_the_note_says_where_the_numbers_of_others_are_from(tmp_path: Path) -> None:
    (section,) = made(tmp_path, "misa", "tfn")
    assert section.note == (
        "Printed without spread. MMSA: thuiar/MMSA at a94e65d, mean of five seeds. "
        "own paper: arXiv 2005.03545, as arXiv 2408.14809 quotes it."
    )


def test_mmsa_trained_with_adam(tmp_path: Path) -> None:
    assert not made(tmp_path, "tfn", optimizer="sgd")


def test_a_number_that_the_paper_quotes_has_its_source(tmp_path: Path) -> None:
    (section,) = made(tmp_path, "hgraph-cl")
    assert section.rows["paper quotes"].tolist() == ["[27]"] * 4
    assert section.note == "Printed without spread."
    (emotions,) = made(tmp_path, "mult", family="iemocap", dataset="iemocap")
    assert emotions.rows.iloc[0].tolist()[-2:] == ["86.40", "[26]"]


def test_what_the_paper_measured_itself_needs_no_section(tmp_path: Path) -> None:
    assert not made(tmp_path, "gb", "concat")


def test_generated_data_has_no_such_section(tmp_path: Path) -> None:
    assert not made(tmp_path, "misa", "tfn", generated_data=True)
    assert not made(tmp_path, "misa", dataset="demo")


def test_every_number_says_whose_it_is_and_those_of_others_where_from() -> None:
    rows = pd.read_csv(FILE, comment="#", keep_default_na=False)
    assert set(rows["by"]) == {PAPER, *OTHERS}
    assert (rows["source"][rows["by"] != PAPER] != "").all()
