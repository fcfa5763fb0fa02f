"""The paper's numbers stand beside ours where they belong, and nowhere else."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evenfuse.report.published import FILE, PAPER, Identity, published
from evenfuse.report.tables.scores import sections
from evenfuse.settings.reading import config_files, load, read
from evenfuse.settings.tables.scores import Settings
from tests.report.arms import TITLES, arm, material
from tests.settings.spoilt import shipped

ROOT = Path(__file__).parents[2]
REAL = {"dataset": "mosi", "generated_data": False}
TABLE = Settings(title="ablation", published=[7, 9])
# the variants of which the paper or others print numbers under the same title
PUBLISHED = """
ef-lstm lf-dnn lf-dnn-gb lf-dnn-bert lf-dnn-bert-gb lf-dnn-text lf-lstm lf-lstm-gb lf-lstm-bert
lf-lstm-bert-gb lf-lstm-text tfn tfn-bert tfn-text lmf lmf-bert mult lmf-mult cm-attn misa
self-mm mag-bert hgraph-cl
"""


def cells(folder: Path, **changed: Any) -> pd.DataFrame:
    each = [("sgd", "gb"), ("adam", "gb"), ("sgd", "no-gb"), ("sgd", "concat")]
    arms = [arm(folder, *one, 1.0, **changed) for one in each]
    return sections(TABLE, material(arms), TITLES)[0]


def test_real_data_has_the_papers_column(tmp_path: Path) -> None:
    section = cells(tmp_path, **REAL)
    assert section.rows.columns.tolist() == [
        "optimizer",
        "method",
        "acc2_non0",
        "paper's acc2_non0",
        "f1_non0",
        "paper's f1_non0",
        "mae",
        "corr",
    ]
    printed = section.rows["paper's acc2_non0"].tolist()
    assert printed == ["86.28", "85.06", "84.45", "", "", ""]
    assert section.rows["paper's f1_non0"][0] == "86.38"
    assert "printed in its table 7 and table 9, without spread" in section.note


@pytest.mark.parametrize(
    "changed",
    [
        {**REAL, "generated_data": True},  # a stand-in under the name of a real corpus
        {**REAL, "dataset": "demo"},
        {"dataset": "demo", "generated_data": True},
    ],
)
def test_anything_else_has_not(tmp_path: Path, changed: dict[str, Any]) -> None:
    section = cells(tmp_path, **changed)
    assert not [name for name in section.rows.columns if "paper" in name]
    assert "paper" not in section.note


@pytest.mark.parametrize(
    ("tables", "variant", "algorithm", "expected"),
    [
        ([4], "gb", "sgd", {"acc2_non0": 0.8628, "f1_non0": 0.8638, "mae": 0.7163, "corr": 0.791}),
        ([4], "gb", "adam", {}),  # table 4 has the numbers of SGD
        ([6], "gb", "adam", {"seconds_per_epoch": 6.78}),
        ([1], "gb", "sgd", {}),
        ([], "gb", "sgd", {}),
        ([7], "concat", "sgd", {}),
    ],
)
def test_numbers_are_those_of_table_model_and_optimizer_in_our_units(
    tables: list[int], variant: str, algorithm: str, expected: dict[str, float]
) -> None:
    ours = Identity("mosi", variant, algorithm, generated_data=False)
    found = published(Settings(title="", published=tables), ours, TITLES)
    assert {metric: number.value for metric, number in found.items()} == pytest.approx(expected)


@pytest.mark.parametrize("table", [4, 5, 6])
def test_the_study_of_the_paper_has_an_arm_for_every_row_of_a_table(table: int) -> None:
    config = load(shipped("paper.yaml"))
    titles = config.titles()
    shown = [name for name in config.study.tables if table in config.tables[name].published]
    found = {
        (arm.dataset, titles.published_variants[arm.variant])
        for name in shown
        for arm in config.table_arms(name)
    }
    rows = pd.read_csv(FILE, comment="#", keep_default_na=False)
    printed = rows[(rows["table"] == table) & rows["by"].isin([PAPER, "paper's re-run"])]
    assert set(zip(printed["dataset"], printed["model"], strict=True)) <= found


def test_no_number_is_printed_twice_in_a_table() -> None:
    rows = pd.read_csv(FILE, comment="#", keep_default_na=False)
    assert not rows.duplicated(["table", "dataset", "optimizer", "model", "metric", "by"]).any()


def test_scores_are_as_printed_times_100() -> None:
    rows = pd.read_csv(FILE, comment="#", keep_default_na=False)
    ranges = {"acc": (50, 100), "f1": (50, 100), "corr": (50, 100), "mae": (30, 150)}
    for metric, (low, high) in ranges.items():
        values = rows["value"][rows["metric"].str.startswith(metric)]
        assert len(values) and values.between(low, high).all(), metric


def test_the_config_names_models_and_corpora_that_the_paper_has() -> None:
    rows = pd.read_csv(FILE, comment="#", keep_default_na=False)
    titles = read(config_files(ROOT / "config")).titles()
    models = set(rows["model"])
    found = {name: row for name, row in titles.published_variants.items() if row in models}
    assert found.pop("gb") == "proposed"
    assert found.pop("no-gb") == "without B-fusion"
    assert found.pop("gb-no-att") == "without A-fusion"
    assert found.pop("gb-grid") == "proposed"
    assert found == {name: titles.variants[name] for name in PUBLISHED.split()}
    marked = {name: corpus for name, corpus in titles.published_datasets.items() if corpus}
    assert marked == {name: name for name in ("mosi", "mosei", "sims", "iemocap")}
