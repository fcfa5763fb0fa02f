"""A corpus that can be read in several formats, through the whole chain: one of them for all."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import run_command
from tests.workflow.conftest import Project

STUDY = """
study:
  datasets: [mosi]
  optimizers: [adam]
  variants: [gb]
  seeds: [1]
  tables: [ablation]
  figures: [gradients]
mirror: mirror
text_encoder: scratch
scratch_encoder: {hidden_size: 8}
datasets:
  mosi: {per_model: {awf: {model: {hidden_size: 4}, training: {epochs: 1}}}}
sources: {mosi: {files: {unaligned_50.pkl: {sha256: null}}}}
"""


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A study of CMU-MOSI whose mirror has a pickle of MMSA and no .csd file."""
    project = Project(tmp_path_factory.mktemp("routes"), STUDY)
    pickle = project.folder / "mirror/mosi/unaligned_50.pkl"
    run_command("fake", "mosi", "--format", "mmsa", "--size", 60, "--output", pickle)
    result = project.study("all")
    told = result.stdout + result.stderr
    assert result.returncode == 0, told
    assert "mosi is read as mmsa, because it is the first of csd, mmsa, mult whose files" in told
    assert "Caching mosi, format mmsa" in told
    return project


def test_every_result_says_the_format(finished: Project) -> None:
    results = json.loads((finished.folder / "results/mosi_adam_gb.json").read_text())
    caches = results["provenance"]["caches"]
    assert {name: cache["format"] for name, cache in caches.items()} == dict.fromkeys(
        caches, "mmsa"
    )
    assert len(caches) == 3


def test_a_later_call_keeps_the_format_until_the_cache_is_gone(finished: Project) -> None:
    run_command("fake", "mosi", "--format", "csd", "--size", 60, "--output", mirror(finished))
    assert finished.jobs("all") == {}
    shutil.rmtree(finished.folder / "data/raw")
    assert finished.jobs("all") == {}
    shutil.rmtree(finished.folder / "data/cache")
    jobs = finished.jobs("all")
    assert (jobs["align_dataset"], jobs["fetch_file"], jobs["train_run"]) == (1, 5, 1)


def mirror(project: Project) -> Path:
    return project.folder / "mirror/mosi"
