"""The workflow fetches from the table of sources, and keeps what it downloaded."""

import shutil
from pathlib import Path

from evenfuse.files import sha256
from tests.workflow.conftest import Project

OWN = """
datasets:
  own:
    title: Own
    origin: corpus
    files: {{words: demo_words.csd, labels: demo_labels.csd, audio: demo_audio.csd}}
    folds: demo_folds.json
    modalities: [text, audio]
    text_encoder: scratch
sources:
  corpus:
    homepage: none
    licence: made here
    files:
      demo_folds.json: {{addresses: ["file://{web}/demo folds.json"]}}
      demo_labels.csd: {{addresses: ["file://{web}/demo_labels.csd"], sha256: {wrong}}}
"""


def test_addresses_and_hashes_of_the_config_are_used(tmp_path: Path, generated: Path) -> None:
    web, folds = tmp_path / "web", "data/raw/own/demo_folds.json"
    shutil.copytree(generated, web)
    (web / "demo_folds.json").rename(web / "demo folds.json")
    (tmp_path / "project").mkdir()
    project = Project(tmp_path / "project", OWN.format(web=web, wrong="a" * 64))
    assert project.study(folds).returncode == 0
    assert (project.folder / "data/downloads/corpus/demo_folds.json").exists()

    (web / "demo folds.json").unlink()
    (project.folder / folds).unlink()
    assert project.study(folds).returncode == 0  # from the store

    result = project.study("data/raw/own/demo_labels.csd")
    told = f"its SHA-256 is {sha256(web / 'demo_labels.csd')}, but the config has {'a' * 64}"
    assert result.returncode != 0
    assert told in result.stdout + result.stderr
