"""Saved models: loaded as they were saved, or set aside to be trained again."""

from pathlib import Path

import pytest

from evenfuse import EvenfuseError, load
from evenfuse.assembly.saved import load_model, save_model
from evenfuse.nn.text import Tokenizer
from tests.damage import every_damage_is_found
from tests.models.conftest import Make
from tests.test_damage import UNREADABLE

FILES = [
    *("README.md", "settings.json", "weights.safetensors", "SHA256SUMS"),
    *("text_encoder/config.json", "text_encoder/tokenizer.json"),
    "text_encoder/tokenizer_config.json",
]


@pytest.fixture
def folder(make: Make, vocabulary: Path, tmp_path: Path) -> Path:
    model, corpus, settings = make("awf", ["text", "audio"])
    folder = tmp_path / "model"
    save_model(folder, model, settings, corpus.widths(), Tokenizer(str(vocabulary)), "card")
    return folder


def test_these_are_all_files(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert sorted(str(file.relative_to(folder)) for file in files) == sorted(FILES)


@pytest.mark.parametrize("name", FILES)
def test_every_damage_of_a_model_is_found(folder: Path, name: str) -> None:
    every_damage_is_found(folder / name, lambda: load_model(folder), folder, number=15)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_damage(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(EvenfuseError, match=f"its {name} is missing.*aside as model.damaged"):
        load(folder)


def test_a_file_that_cannot_be_read_is_no_damage(folder: Path) -> None:
    (folder / "weights.safetensors").unlink()
    (folder / "weights.safetensors").symlink_to(UNREADABLE)
    with pytest.raises(EvenfuseError, match=r"model cannot be read \(Input/output error\)"):
        load(folder)
    assert folder.is_dir()


def test_a_model_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EvenfuseError, match=r"there is no trained model .*/model"):
        load(tmp_path / "model")


def test_what_snakemake_leaves_in_a_folder_is_no_damage(folder: Path) -> None:
    (folder / ".snakemake_timestamp").touch()
    load(folder)


def test_a_folder_of_someone_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/letter.txt").write_text("dear")
    with pytest.raises(EvenfuseError, match="theirs is not a trained model that evenfuse wrote: "):
        load_model(tmp_path / "theirs")
    assert (tmp_path / "theirs/letter.txt").read_text() == "dear"


def test_code_that_a_folder_names_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a kind that transformers does not know, it would run what the folder says, if asked to."""
    encoder = tmp_path / "encoder"
    encoder.mkdir()
    (encoder / "config.json").write_text(
        '{"model_type": "theirs", "auto_map": {"AutoConfig": "theirs.Config"}}'
    )
    (encoder / "theirs.py").write_text(f"open({str(tmp_path / 'was-here')!r}, 'w')")
    monkeypatch.setattr("builtins.input", lambda *asked: "y")
    with pytest.raises(EvenfuseError, match=r"encoder' cannot be loaded"):
        Tokenizer(str(encoder))
    assert not (tmp_path / "was-here").exists()
