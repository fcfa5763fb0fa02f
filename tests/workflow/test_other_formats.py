"""Corpora that do not come as .csd files, through the whole chain: pickles and a manifest."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import run_command
from tests.workflow.conftest import Project

STUDY = """
study:
  datasets: [sims, iemocap, own]
  optimizers: [adam]
  variants: [gb]
  seeds: [1]
  tables: [ablation]
  figures: [gradients]
mirror: mirror
text_encoder: scratch
scratch_encoder: {hidden_size: 8}
datasets:
  sims: {per_model: {awf: {model: {hidden_size: 4}, training: {epochs: 1}}}}
  iemocap: {per_model: {awf: {model: {hidden_size: 4}, training: {epochs: 1}}}}
  own:
    title: Own
    format: manifest
    folder: own
    files: {manifest: manifest.csv}
    modalities: [text, audio]
    all_runs: {model: {hidden_size: 4}, training: {epochs: 1}}
sources: {sims: {files: {unaligned_39.pkl: {sha256: null}}}}
"""


def write_own(folder: Path) -> None:
    rng = np.random.default_rng(0)
    (folder / "audio").mkdir(parents=True)
    rows = []
    for index in range(40):
        split = ("train", "train", "valid", "test")[index % 4]
        label = round(float(rng.uniform(-3, 3)), 1) or 0.1
        rows.append({"id": f"s{index}", "split": split, "text": "so it goes", "label": label})
        np.save(folder / f"audio/s{index}.npy", rng.normal(size=(rng.integers(2, 9), 3)))
    pd.DataFrame(rows).to_csv(folder / "manifest.csv", index=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A study of three corpora, run to its end."""
    project = Project(tmp_path_factory.mktemp("formats"), STUDY)
    sims = project.folder / "mirror/sims/unaligned_39.pkl"
    iemocap = project.folder / "mirror/iemocap/iemocap_data_noalign.pkl"
    run_command("fake", "sims", "--format", "mmsa", "--size", 60, "--output", sims)
    run_command("fake", "iemocap", "--format", "mult", "--size", 60, "--output", iemocap)
    write_own(project.folder / "own")
    result = project.study("all")
    assert result.returncode == 0, result.stdout + result.stderr
    return project


def results(project: Project, dataset: str) -> dict[str, object]:
    path = project.folder / f"results/{dataset}_adam_gb.json"
    content: dict[str, object] = json.loads(path.read_text())
    return content


def test_every_corpus_has_the_metrics_of_its_family(finished: Project) -> None:
    assert set(results(finished, "sims")["metrics"]) == {
        "acc2",
        "f1",
        "acc3",
        "acc5",
        "mae",
        "corr",
    }
    assert {"acc_happy", "f1pos_sad", "acc4"} <= set(results(finished, "iemocap")["metrics"])
    assert "acc2_non0" in results(finished, "own")["metrics"]


def test_generated_data_is_marked_and_ones_own_is_not(finished: Project) -> None:
    marks = {name: results(finished, name)["generated_data"] for name in ("sims", "iemocap", "own")}
    assert marks == {"sims": True, "iemocap": True, "own": False}


def test_iemocap_keeps_four_columns(finished: Project) -> None:
    path = finished.folder / "results/iemocap_adam_gb.predictions.parquet"
    predictions = pd.read_parquet(path)
    emotions = ("neutral", "happy", "sad", "angry")
    assert {f"{kind}_{e}" for kind in ("truth", "prediction") for e in emotions} < set(predictions)
    assert predictions[[f"truth_{e}" for e in emotions]].isin([0, 1]).all(axis=None)


def test_a_changed_feature_file_is_noticed(finished: Project) -> None:
    features = finished.folder / "own/audio"
    np.save(features / "new.npy", np.zeros((2, 3)))
    jobs = finished.jobs("all")
    assert jobs["cache_dataset"] == 1
    assert jobs["train_run"] == 1
