"""What a person gets wrong ends in one sentence, and leaves nothing half-written."""

import pickle
import shutil
from pathlib import Path

import h5py
import numpy as np
import pytest

from evenfuse.pickles.loading import load_pickle
from tests.conftest import run_command
from tests.workflow.conftest import Project

UNKNOWN_HASH = """
mirror: mirror
sources: {sims: {files: {unaligned_39.pkl: {sha256: null}}}}
"""

LOCAL = """
datasets:
  own:
    title: Own
    files: {words: demo_words.csd, labels: demo_labels.csd, audio: demo_audio.csd}
    folds: demo_folds.json
    modalities: [text, audio]
    text_encoder: scratch
    all_runs: {training: {epochs: 1}}
"""


def only_sentence(project: Project, *arguments: str) -> str:
    """The one line that speaks, after a workflow that must fail before it does anything."""
    result = project.study(*arguments)
    lines = [line for line in result.stderr.splitlines() if line.startswith("evenfuse: ")]
    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert len(lines) == 1, result.stderr
    assert not (project.folder / "results").exists()
    assert not (project.folder / "data").exists()
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["results/demo_sgdd_gb.json"], ["unknown optimizer 'sgdd'", "did you mean 'sgd'"]),
        (["results/demos_sgd_gb.json"], ["unknown dataset 'demos'", "did you mean 'demo'"]),
        (["results/nosuch_sgd_gb.json"], ["unknown dataset 'nosuch'", "demo, demo-noise"]),
        (["results/demo_sgd_gbb.json"], ["unknown variant 'gbb'", "did you mean 'gb'"]),
        (["results/tuning/demo_sgd_gb.json"], ["demo_sgd_gb has no grid", "config/README.md"]),
        (["--config", "miror=x", "--", "all"], ["'miror'", "did you mean 'mirror'"]),
    ],
)
def test_unknown_names(fresh: Project, arguments: list[str], parts: list[str]) -> None:
    sentence = only_sentence(fresh, *arguments)
    assert all(part in sentence for part in parts), sentence


def test_a_label_outside_the_range_of_the_metrics(fresh: Project) -> None:
    file = fresh.folder / "mirror/unaligned_39.pkl"
    run_command("fake", "sims", "--format", "mmsa", "--size", 9, "--output", file)
    content = load_pickle(file)
    content["test"]["regression_labels"][0] = -1.5
    file.write_bytes(pickle.dumps(content))
    (fresh.folder / "study.yaml").write_text(UNKNOWN_HASH)
    fresh.study("data/cache/sims/test.h5")
    log = (fresh.folder / "logs/cache_dataset/sims.log").read_text()
    assert "'test' is not a number from -1 to 1; correct it, or choose other metrics" in log
    assert not list((fresh.folder / "data/cache").rglob("*.h5"))


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("datasets: {demo: {all_runs: {training: {epoch: 3}}}}", ["training.epoch'", "'epochs'"]),
        ("datasets: {demo: {modalitys: [text]}}", ["modalitys'", "'modalities'"]),
        ("variants: {gb: {model: {a_fussion: true}}}", ["model.a_fussion'", "'a_fusion'"]),
        ("study: {seeds: [1, 1]}", ["study.seeds", "twice"]),
        ("tuning: {seeds: [2, 9]}", ["tuning.seeds and study.seeds share 2"]),
        ("variants: {gb: {use_winner: true}}", ["demo_sgd_gb has no grid"]),
        ("variants: {gb: {grid: {model.dropuot: [0.1]}}}", ["dropuot'", "'dropout'"]),
        ("datasets: {demo: {all_runs: {training: {epochs: none}}}}", ["training.epochs", "'none'"]),
        ("datasets: {mosi: {per_model: {awf: {model: {width: 3}}}}}", ["awf.model.width'"]),
        ("study: {seeds: [1], seeds: [2]}", ["study.yaml has the key 'seeds' twice", "line"]),
    ],
)
def test_wrong_config(fresh: Project, line: str, parts: list[str]) -> None:
    (fresh.folder / "study.yaml").write_text(line)
    sentence = only_sentence(fresh, "all")
    assert all(part in sentence for part in parts), sentence


def test_results_that_cannot_be_written_are_found_before_anything_runs(
    fresh: Project, read_only: Path
) -> None:
    (fresh.folder / "results").symlink_to(read_only)
    result = fresh.study("--", "results/demo_adam_gb.json")
    printed = result.stdout + result.stderr
    assert result.returncode != 0
    assert "Traceback" not in printed
    assert "nothing can be written to the folder results (Read-only file system)" in printed
    assert not (fresh.folder / "data").exists()


@pytest.mark.parametrize(
    ("file", "content", "told"),
    [
        ("config/config.yaml", b"\x80", "config/config.yaml cannot be read as YAML"),
        ("config/config.yaml", b"", "config/config.yaml should hold settings"),
        ("config/corpora/mine.yaml", b"a: " + b"[" * 99, "within one another more than 30 times"),
        ("config/config.yaml", b"__use_yte__: true\na: ?open('x', 'w')", "a config is no template"),
        ("study.yaml", b"no: 1", "the key no is no word"),
    ],
)
def test_a_file_that_is_no_config(fresh: Project, file: str, content: bytes, told: str) -> None:
    (fresh.folder / file).write_bytes(content)
    assert told in only_sentence(fresh, "all")
    assert not (fresh.folder / "x").exists()


@pytest.fixture
def mirrored(tmp_path: Path, generated: Path) -> Project:
    """A dataset of one's own whose files lie in the folder mirror/."""
    project = Project(tmp_path, LOCAL)
    shutil.copytree(generated, project.folder / "mirror")
    return project


def failing_run(project: Project, *config: str) -> str:
    """What a failing run of the own dataset prints; it may leave no result."""
    options = ["mirror=mirror", *config]
    result = project.study("--config", *options, "--", "results/own_adam_gb.json")
    printed = result.stdout + result.stderr
    assert result.returncode != 0
    assert "Traceback" not in printed
    assert list(project.folder.rglob("*.part")) == []
    assert not (project.folder / "results/own_adam_gb.json").exists()
    return printed


def test_mirror_without_the_file(mirrored: Project) -> None:
    (mirrored.folder / "mirror/demo_audio.csd").unlink()
    printed = failing_run(mirrored)
    assert "demo_audio.csd could not be fetched" in printed
    assert "mirror/demo_audio.csd (no such file)" in printed
    assert not (mirrored.folder / "data/raw/own/demo_audio.csd").exists()


def test_truncated_file(mirrored: Project) -> None:
    whole = (mirrored.folder / "mirror/demo_audio.csd").read_bytes()
    (mirrored.folder / "mirror/demo_audio.csd").write_bytes(whole[: len(whole) // 2])
    printed = failing_run(mirrored)
    assert "mirror/demo_audio.csd (not a whole .csd file)" in printed
    assert not (mirrored.folder / "data/raw/own/demo_audio.csd").exists()


def test_label_that_is_not_a_number(mirrored: Project) -> None:
    with h5py.File(mirrored.folder / "mirror/demo_labels.csd", "a") as file:
        file["demo_labels/data/demo002/features"][4] = np.nan
    printed = failing_run(mirrored)
    assert "segment 4 of video 'demo002' has a label that is not a number" in printed
    assert not list((mirrored.folder / "data/cache").rglob("*.h5"))


def test_text_encoder_that_is_not_there(mirrored: Project) -> None:
    printed = failing_run(mirrored, "text_encoder=/no/such/folder")
    assert "the text encoder '/no/such/folder' is not a BERT folder" in printed
    assert not (mirrored.folder / "data").exists()
