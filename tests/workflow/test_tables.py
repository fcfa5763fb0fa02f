"""Every kind of table and figure comes out of a study, and its arms come from its entries."""

import json

import pandas as pd
import pytest

from tests.workflow.conftest import Project

STUDY = """
study:
  datasets: [demo]
  optimizers: [sgd]
  variants: [gb]
  seeds: [1]
  tables: [unimodal, seconds, overall, learnt, modalities, missing]
  figures: [gradients_unbalanced, gradients_balanced, gradients, fusion_weights, learnt, missing]
  missing: {rates: [0.5]}
tables:
  unimodal: {variants: [lf-dnn-text, lf-dnn, lf-dnn-gb]}
  seconds: {optimizers: [sgd], variants: [mult, gb]}
  learnt:
    title: what each modality has learnt
    kind: balancing
    optimizers: [adam]
    variants: [lf-dnn, lf-dnn-gb]
    relative_to: lf-dnn
  modalities:
    title: what each predicts by itself
    kind: modalities
    optimizers: [adam]
    variants: [lf-dnn, lf-dnn-gb]
figures:
  learnt: {title: what each modality has learnt, kind: modality_shares, variants: [gb, lf-dnn]}
datasets:
  demo:
    generate: {videos: 8}
    all_runs: {training: {epochs: 2}}
"""
ARMS = {"sgd_gb", "adam_lf-dnn-text", "adam_lf-dnn", "adam_lf-dnn-gb"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A study of few arms with all kinds of tables and figures, run to its end."""
    project = Project(tmp_path_factory.mktemp("tables"), STUDY)
    result = project.study("all")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


def table(project: Project, name: str, suffix: str = "md") -> str:
    return (project.folder / f"results/tables/{name}.{suffix}").read_text()


def test_the_arms_of_tables_are_trained_and_no_others(finished: Project) -> None:
    trained = {path.name for path in (finished.folder / "results/runs").iterdir()}
    assert trained == {f"demo_{arm}" for arm in ARMS}


def test_a_table_has_its_rows_gaps_and_references(finished: Project) -> None:
    text = table(finished, "unimodal")
    assert "## Demo (generated): text alone and all modalities" in text
    for part in ("LF-DNN, text only", "training mean of ", "best reachable", "Demo numbers"):
        assert part in text
    gaps = [("demo_adam_lf-dnn ", "demo_adam_lf-dnn-text"), ("demo_adam_lf-dnn-gb ", "demo_adam_")]
    assert all(f"| {arm}" in text and other in text for arm, other in gaps)
    assert "paper's" not in text.replace("paper's table", "")


def test_the_overall_table_has_every_arm(finished: Project) -> None:
    rows = pd.read_csv(finished.folder / "results/tables/overall.csv")
    assert set(rows["optimizer"] + "_" + rows["variant"]) == ARMS


def test_heads_say_what_each_modality_predicts(finished: Project) -> None:
    rows = pd.read_csv(finished.folder / "results/tables/modalities.csv", keep_default_na=False)
    assert set(rows["network"]) == {"", "vectors", "audio", "video"}
    assert set(rows["variant"]) == {"lf-dnn", "lf-dnn-gb"}
    text = table(finished, "modalities")
    assert "LF-DNN with B-fusion: audio" in text
    assert "demo_adam_lf-dnn-gb: audio" in text


def test_seconds_are_measured_in_turns(finished: Project) -> None:
    timing = json.loads((finished.folder / "results/seconds/seconds/demo.json").read_text())
    assert [model["variant"] for model in timing["models"]] == ["mult", "gb"]
    assert [len(model["seconds"]) for model in timing["models"]] == [3, 3]
    assert timing["generated_data"] is True
    assert "MulT" in table(finished, "seconds")
    assert r"\toprule" in table(finished, "seconds", "tex")
    assert len(pd.read_csv(finished.folder / "results/tables/seconds.csv")) == 6


def test_what_each_modality_has_learnt_stands_beside_the_scores(finished: Project) -> None:
    text = table(finished, "learnt")
    for part in ("text (vectors) learnt", "audio learnt", "those of LF-DNN as 1.", "linear probe"):
        assert part in text
    shares = json.loads((finished.folder / "results/shares/demo_sgd_gb.json").read_text())["shares"]
    assert list(shares) == ["text", "audio", "video"]
    assert all(len(seeds) == 1 and seeds[0] <= 1 for seeds in shares.values())
    assert len(pd.read_csv(finished.folder / "results/tables/learnt.csv")) == 2 * 3
    drawn = (finished.folder / "results/figures/learnt.svg").read_text()
    assert "LF-DNN" in drawn and "LF-DNN with B-fusion" not in drawn


def test_every_arm_is_scored_where_something_is_missing(finished: Project) -> None:
    made = {path.stem for path in (finished.folder / "results/missing").glob("*.json")}
    assert made == {f"demo_{arm}" for arm in ARMS}
    text = table(finished, "missing")
    for part in ("modalities absent", "rows missing", "without audio, video", "| 50 % ", "area"):
        assert part in text
    rows = pd.read_csv(finished.folder / "results/tables/missing.csv", keep_default_na=False)
    whole = rows[(rows["absent"] == "") & (rows["rate"] == 0) & (rows["metric"] == "mae")]
    results = json.loads((finished.folder / "results/demo_sgd_gb.json").read_text())
    (mean,) = whole[(whole["optimizer"] == "sgd")]["mean"]
    assert mean == pytest.approx(results["metrics"]["mae"]["mean"])


def test_figures_draw_what_is_trained(finished: Project) -> None:
    figures = {path.stem for path in (finished.folder / "results/figures").glob("*.svg")}
    assert figures == {
        "gradients_unbalanced",
        "gradients_balanced",
        "gradients",
        "fusion_weights",
        "learnt",
        "missing",
    }
    drawn = (finished.folder / "results/figures/gradients_balanced.svg").read_text()
    assert "LF-DNN with B-fusion" in drawn
    assert "LF-LSTM" not in drawn


def test_the_report_has_a_caption_for_each(finished: Project) -> None:
    result = finished.study("--report", "report.html", "all")
    assert result.returncode == 0, result.stderr
    page = (finished.folder / "report.html").read_text()
    assert "Seconds per epoch (the form of the paper" in page
    assert "Text alone and all modalities" in page


def test_an_unknown_table_is_told(finished: Project) -> None:
    result = finished.study("-n", "results/tables/overal.md")
    assert "evenfuse: unknown table 'overal'; choose from: " in result.stderr
    assert "did you mean 'overall'?" in result.stderr
