"""A package of parts, as README and docs/extending.md print it, from raw data to its figure."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.packages import install
from tests.pages import blocks, modules
from tests.workflow.conftest import Project
from tests.workflow.test_other_formats import write_own

README, PAGE = "README.md", "docs/extending.md"
FILES = ("study.yaml", "variant.yaml", "dataset.yaml", "quick.yaml")
QUICK = """
scratch_encoder: {hidden_size: 8}
datasets:
  lines: {one_process: true}
  mine: {all_runs: {model: {hidden_size: 4}, training: {epochs: 1}}}
"""


def write_lines(folder: Path) -> None:
    """Segments whose audio says what the label is."""
    rng = np.random.default_rng(0)
    rows = []
    for index in range(40):
        split = ("train", "train", "valid", "test")[index % 4]
        audio = rng.normal(size=(rng.integers(2, 5), 3)).round(3)
        label = float(audio.mean())
        rows.append({"id": f"s{index}", "split": split, "text": "so it goes", "valence": label})
        rows[-1]["audio"] = audio.tolist()
    folder.mkdir(parents=True)
    (folder / "segments.jsonl").write_text("\n".join(map(json.dumps, rows)))


def entry_points() -> dict[str, dict[str, str]]:
    """Those that both pages print."""
    groups: dict[str, dict[str, str]] = {}
    for text in (*blocks(README, "toml"), *blocks(PAGE, "toml")):
        for group, names in tomllib.loads(text)["project"]["entry-points"].items():
            groups[group] = {**groups.get(group, {}), **names}
    return groups


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The study of the page and an arm of README's, run to their end."""
    (study,) = blocks(PAGE, "yaml")
    project = Project(tmp_path_factory.mktemp("extending"), study)
    install(project.folder / "src", {**modules(README), **modules(PAGE)}, entry_points())
    write_lines(project.folder / "FOLDER/lines")
    write_own(project.folder / "FOLDER")
    for file, text in zip(FILES, [study, *blocks(README, "yaml"), QUICK], strict=True):
        (project.folder / file).write_text(text)
    wanted = ["all", "results/runs/mine_adam_gb-strong/seed-1/run.json"]
    result = project.snakemake("--configfile", *FILES, "--cores", "2", "--", *wanted)
    assert result.returncode == 0, result.stdout + result.stderr
    return project


def test_every_kind_of_part_is_shown() -> None:
    kinds = ("models", "balancers", "metrics", "datasets", "tables", "figures")
    assert set(entry_points()) == {f"evenfuse.{kind}" for kind in kinds}


def test_the_model_is_trained_with_its_objective_and_balancer(finished: Project) -> None:
    runs = finished.folder / "results/runs"
    calm = pd.read_parquet(runs / "lines_adam_calm-fusion/seed-1/epochs.parquet")
    assert (calm["loss_size"] > 0).all()
    assert "g_audio" not in calm  # B-fusion logs it, this balancer nothing
    balanced = pd.read_parquet(runs / "lines_adam_sum-fusion/seed-1/epochs.parquet")
    assert {"g_audio", "w_text"} <= set(balanced)
    settings = json.loads((runs / "lines_adam_calm-fusion/seed-1/run.json").read_text())["settings"]
    assert settings["balancing"] == {"name": "even_clipping", "longest": 0.5}
    assert settings["model"] == {"name": "calm_fusion", "width": 64}


def test_the_format_is_read_and_the_metrics_are_scored(finished: Project) -> None:
    results = json.loads((finished.folder / "results/lines_adam_sum-fusion.json").read_text())
    assert set(results["metrics"]) == {"sign", "rmse"}
    assert (results["n_train"], results["n_valid"], results["n_test"]) == (20, 10, 10)


def test_tables_of_scores_show_the_family(finished: Project) -> None:
    text = (finished.folder / "results/tables/scores.md").read_text()
    head = next(line for line in text.splitlines() if line.startswith("| optimizer"))
    assert [cell.strip() for cell in head.strip("|").split("|")] == [
        *("optimizer", "method", "sign", "rmse")
    ]
    assert "standard error of sign" in text
    assert "| lines_adam_sum-fusion | lines_adam_calm-fusion | sign " in text


def test_the_kinds_of_table_and_figure_are_made(finished: Project) -> None:
    results = finished.folder / "results"
    text = (results / "tables/bias.md").read_text()
    assert text.startswith("## bias of two sums")
    rows = pd.read_csv(results / "tables/bias.csv")
    assert rows["seed"].tolist() == [1, 2, 1, 2]
    assert all(f" | {bias:+.2f} " in text for bias in rows["bias"])
    drawn = (results / "figures/scatter.svg").read_text()
    assert "Sum, calm" in drawn


def test_a_variant_and_a_dataset_of_readme_are_run(finished: Project) -> None:
    run = finished.folder / "results/runs/mine_adam_gb-strong/seed-1/run.json"
    settings = json.loads(run.read_text())["settings"]
    assert settings["balancing"]["learning_rate"] == 5.0
    assert settings["modalities"] == ["text", "audio"]


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_editing_a_module_runs_again_what_depends_on_it(finished: Project) -> None:
    ours = finished.folder / "src/ours"
    replace(ours / "bias.py", "In units", "All in units")
    replace(ours / "scatter.py", '"."', '"o"')
    options = ("--configfile", *FILES, "--", "all")
    assert finished.jobs(*options) == {"tabulate": 1, "plot": 1, "all": 1}
    replace(ours / "sum_fusion.py", "weighted(representations, weights)", "representations")
    jobs = finished.jobs(*options)
    assert jobs["train_seeds"] == 2  # the other model's module imports this one
    assert "cache_dataset" not in jobs
