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
    assert results["provenance"]["data"]["format"] == "mmsa"


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


def test_a_dry_run_of_the_paper_says_last_what_is_not_here(fresh: Project) -> None:
    result = fresh.snakemake("--cores", "4", "--configfile", "config/paper.yaml", "-n", "all")
    told = result.stderr.split("not on this machine:\n")[1].splitlines()
    assert [line.split(": ")[0].strip() for line in told] == [
        "mosi, format csd",
        "mosei, format csd",
        "sims, format mmsa",
        "iemocap, format mult",
        "text encoder google-bert/bert-base-chinese",
        "text encoder google-bert/bert-base-uncased",
    ]
    assert "5 files to download, size unknown; terms: videos from YouTube" in told[0]
    assert "1 file to download, about 1.2 GB; terms: clips from films" in told[2]
    assert "then add the line 'accepted_terms: [iemocap]' to the config" in told[3]
