"""A grid is searched for real on the validation split, and an arm is trained with the winner."""

import json
import re

import pandas as pd
import pytest

from tests.workflow.conftest import Project

STUDY = """
study: {datasets: [demo], optimizers: [adam], variants: [gb], seeds: [1, 2]}
tuning: {seeds: [101]}
datasets:
  demo:
    generate: {videos: 8}
    modalities: [audio, video]
    all_runs: {training: {epochs: 2}}
    per_model: {awf: {model: {hidden_size: 8, post_dim: 8}}}
variants:
  gb:
    grid: {optimizer.learning_rate: [1.0e-30, 5.0e-2], model.a_fusion: [true, false]}
    use_winner: true
"""
CHOICE = "results/tuning/demo_adam_gb.json"
RESULT = "results/demo_adam_gb.json"


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A grid of four points, searched."""
    project = Project(tmp_path_factory.mktemp("tuned"), STUDY)
    result = project.study("--", CHOICE)
    assert result.returncode == 0, result.stdout + result.stderr
    return project


@pytest.fixture(scope="module")
def used(tuned: Project) -> Project:
    """The same, and its arm trained and evaluated with the winner."""
    result = tuned.study("--", RESULT)
    assert result.returncode == 0, result.stdout + result.stderr
    return tuned


def test_the_table_has_every_point_and_names_the_best(tuned: Project) -> None:
    choice = json.loads((tuned.folder / CHOICE).read_text())
    table = pd.read_csv(tuned.folder / CHOICE.replace(".json", ".csv"))
    settings = ["optimizer.learning_rate", "model.a_fusion"]
    points = [(rate, fusion) for rate in (1e-30, 5e-2) for fusion in (True, False)]
    assert table[settings].to_records(index=False).tolist() == points
    assert choice["seeds"] == [101]
    best = table.loc[table["valid mae"].idxmin()]
    assert best["winner"] == "*"
    assert choice["winner"] == best[settings].to_dict()
    assert choice["winner"]["optimizer.learning_rate"] == 5e-2  # the other one learns nothing
    page = (tuned.folder / CHOICE.replace(".json", ".md")).read_text()
    assert "so they say nothing of other data" in page
    assert [cell.strip() for cell in page.splitlines()[0].split("|")[1:3]] == settings
    assert "1e-30" in page


def test_points_leave_histories_and_no_models(tuned: Project) -> None:
    folder = tuned.folder / "results/tuning"
    point = folder / "demo_adam_gb/optimizer.learning_rate~0.05/model.a_fusion~True/seed-101"
    assert {path.name for path in point.iterdir()} == {"run.json", "epochs.parquet"}
    assert len(list(folder.rglob("run.json"))) == 4
    assert not list(folder.rglob("model"))
    assert not list(tuned.folder.rglob("epoch-*"))


def test_the_search_has_no_way_to_the_test_split(tuned: Project) -> None:
    lines = tuned.study("--detailed-summary", CHOICE).stdout.splitlines()
    table = pd.DataFrame([line.split("\t") for line in lines[1:]], columns=lines[0].split("\t"))
    by_rule = table.groupby("rule")["input-file(s)"].agg(",".join)
    assert set(by_rule.index) == {
        "generate_corpus",
        "fetch_file",
        "align_dataset",
        "train_point",
        "choose_point",
    }
    assert "valid.h5" in by_rule["train_point"]
    assert not by_rule.str.contains("test.h5").any()


def test_an_arm_that_uses_the_winner_is_trained_with_it(used: Project) -> None:
    winner = json.loads((used.folder / CHOICE).read_text())["winner"]
    for seed in (1, 2):
        run = json.loads(
            (used.folder / f"results/runs/demo_adam_gb/seed-{seed}/run.json").read_text()
        )
        assert run["settings"]["optimizer"]["learning_rate"] == winner["optimizer.learning_rate"]
        assert run["settings"]["model"]["a_fusion"] == winner["model.a_fusion"]
    results = json.loads((used.folder / RESULT).read_text())
    config = results["provenance"]["config"]
    assert config["optimizer"]["learning_rate"] == winner["optimizer.learning_rate"]
    assert results["seeds"] == [1, 2]


def test_nothing_is_searched_twice(used: Project) -> None:
    result = used.study("--", CHOICE, RESULT)
    assert "Nothing to be done" in result.stdout + result.stderr


def test_the_example_of_the_readme_can_be_typed(fresh: Project) -> None:
    page = (fresh.folder / "config/README.md").read_text()
    _, section = page.split("## Search hyper-parameters")
    example, commands = (
        re.search(rf"```{kind}\n(.*?)```", section, re.S) for kind in ("yaml", "sh")
    )
    assert example and commands
    (fresh.folder / "search.yaml").write_text(example[1])
    search, arm = (line.split("#")[0].split()[1:] for line in commands[1].splitlines())
    told = fresh.snakemake("-n", *search).stdout
    assert re.search(r"^train_point +12$", told, re.M), told
    told = fresh.snakemake("-n", *arm).stdout
    assert re.search(r"^choose_point +1$", told, re.M), told
    assert re.search(r"^train_seeds +1$", told, re.M), told


def test_another_value_in_the_grid_trains_its_points_alone(used: Project) -> None:
    wider = used.folder / "wider.yaml"
    wider.write_text("variants: {gb: {grid: {optimizer.learning_rate: [1.0e-30, 5.0e-2, 1.0e-3]}}}")
    jobs = used.jobs("--configfile", "study.yaml", "wider.yaml", "--", RESULT)
    assert jobs["train_point"] == 2
    assert jobs["choose_point"] == jobs["train_seeds"] == 1
