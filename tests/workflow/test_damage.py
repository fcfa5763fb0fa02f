"""One flipped bit in what a study left: found, told, and made again by the same command."""

import json
import shutil
from pathlib import Path

import pytest

from evenfuse.parquet import read_parquet
from tests.nn.test_text import MINILM
from tests.workflow.conftest import Project
from tests.workflow.test_small_study import numbers

RUN = "results/runs/demo_adam_gb/seed-1"
ARM = "results/demo_adam_gb"


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


@pytest.mark.parametrize(
    ("damaged", "wanted", "aside"),
    [
        (f"{RUN}/model/weights.safetensors", f"{ARM}.json", f"{RUN}/model.damaged"),
        (f"{ARM}.json", "results/tables/ablation.md", f"{ARM}.json.damaged"),
        (
            f"{ARM}.predictions.parquet",
            "results/tables/ablation.md",
            f"{ARM}.predictions.parquet.damaged",
        ),
    ],
)
def test_the_same_command_makes_it_again(
    finished: Project, edited: Project, damaged: str, wanted: str, aside: str
) -> None:
    flip(edited.folder / damaged)
    (edited.folder / wanted).unlink()
    first = edited.study("--", wanted)
    printed = first.stdout + first.stderr
    assert first.returncode != 0
    assert "Traceback" not in printed
    assert f"was set aside as {Path(aside).name}" in printed
    assert (edited.folder / aside).exists()
    assert not (edited.folder / wanted).exists()
    second = edited.study("--", wanted)
    assert second.returncode == 0, second.stdout + second.stderr
    assert (edited.folder / damaged).is_file()
    assert numbers(edited) == numbers(finished)


@pytest.fixture
def pretrained(edited: Project) -> Path:
    """The study with a BERT folder, trained as far as its records say so."""
    folder = edited.folder / "bert"
    shutil.copytree(MINILM, folder)
    return folder


def test_a_bert_folder_whose_content_changed_trains_again(
    edited: Project, pretrained: Path
) -> None:
    options = ("--config", "text_encoder=bert", "--", f"{ARM}.json")
    assert edited.jobs(*options)["train_seeds"] == 1
    touch = edited.study("--touch", *options)
    assert touch.returncode == 0, touch.stderr
    assert edited.jobs(*options) == {}
    shutil.copytree(pretrained, edited.folder / "copy")  # another time, the same content
    shutil.rmtree(pretrained)
    (edited.folder / "copy").rename(pretrained)
    assert edited.jobs(*options) == {}
    vocabulary = pretrained / "vocab.txt"
    vocabulary.write_text(vocabulary.read_text().replace("film", "filn"))
    assert edited.jobs(*options)["train_seeds"] == 1


def test_the_digest_of_the_text_encoder_is_kept(finished: Project) -> None:
    records = [
        json.loads((finished.folder / f"results/runs/demo_adam_{arm}/run.json").read_text())
        for arm in ("gb/seed-1", "gb/seed-2", "no-gb/seed-1")
    ]
    digests = {record["text_encoder"] for record in records}
    assert len(digests) == 1
    assert len(digests.pop()) == 64
    assert len(read_parquet(finished.folder / f"{ARM}.predictions.parquet")) > 0
