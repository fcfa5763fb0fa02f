"""The text encoder is part of a run: its digest is kept, and one that does not fit is refused."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evenfuse.assembly.trainer import read_data
from evenfuse.errors import EvenfuseError
from evenfuse.nn.text import Tokenizer
from evenfuse.records.checkpoints import newest_epoch
from evenfuse.records.runs import RunRecord
from evenfuse.settings.run import RunSettings
from tests.conftest import run_command
from tests.damage import every_damage_is_found
from tests.nn.test_text import MINILM
from tests.training.conftest import run_settings
from tests.training.test_checkpoint import StoppedError


@pytest.fixture
def run() -> RunSettings:
    return run_settings(
        modalities=["text", "audio"], text_encoder="scratch", training={"epochs": 2}
    )


@pytest.fixture
def encoder(vocabulary: Path, tmp_path: Path) -> Path:
    """A vocabulary of one's own."""
    return Path(shutil.copytree(vocabulary, tmp_path / "vocabulary"))


Train = Callable[..., Path]


@pytest.fixture
def train(cache: Path, tmp_path: Path) -> Train:
    """Return a function: settings, text encoder -> the folder of the run that it trained."""

    def trained(run: RunSettings, encoder: Path, *options: object) -> Path:
        run_command(
            *("train", "--settings", run.model_dump_json(exclude={"seed"}), "--seed", 1),
            *("--train", cache / "train.h5", "--valid", cache / "valid.h5"),
            *("--text-encoder", encoder, "--output", tmp_path / "results"),
            *("--checkpoints", tmp_path / "checkpoints", *options),
        )
        return tmp_path / "results/seed-1"

    return trained


def test_its_digest_is_in_the_record(train: Train, run: RunSettings, encoder: Path) -> None:
    folder = train(run, encoder)
    digest = Tokenizer(str(encoder)).digest()
    assert RunRecord.read(folder / "run.json").text_encoder == digest
    without_text = run_settings(training={"epochs": 1})
    assert RunRecord.read(train(without_text, encoder) / "run.json").text_encoder is None


def test_another_vocabulary_does_not_go_on(
    train: Train, run: RunSettings, encoder: Path, cache: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(StoppedError):
        patch.setattr("evenfuse.commands.train.save_model", interrupted)
        train(run, encoder)
    before = Tokenizer(str(encoder)).digest()
    size = json.dumps({"vocabulary_size": 150})
    run_command("vocabulary", cache / "train.h5", "--settings", size, "--output", encoder)
    after = Tokenizer(str(encoder)).digest()
    with pytest.raises(EvenfuseError) as caught:
        train(run, encoder)
    assert f"is of another run: text_encoder was {before} and is {after} now" in str(caught.value)
    assert newest_epoch(tmp_path / "checkpoints/seed-1") is not None


def interrupted(*_: object) -> None:
    raise StoppedError


def test_a_damaged_vocabulary_is_found(run: RunSettings, encoder: Path, cache: Path) -> None:
    def read() -> None:
        read_data(run, cache / "train.h5", cache / "valid.h5", str(encoder))

    for name in ("config.json", "tokenizer.json", "SHA256SUMS"):
        every_damage_is_found(encoder / name, read, encoder, number=5)


def test_a_damaged_encoder_of_the_hub_is_set_aside_and_a_users_folder_never(
    run: RunSettings, tiny_bert: Path, cache: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_bert, tmp_path / "bert"))
    own = run.model_copy(update={"text_encoder": str(folder)})
    (folder / "SHA256SUMS").write_text("0" * 64 + "  config.json\n")  # of another form than ours
    read_data(own, cache / "train.h5", cache / "valid.h5", None)
    (folder / "source.json").write_text("{}")  # as in a folder that was fetched
    with pytest.raises(EvenfuseError, match=r"text encoder .* was set aside as bert\.damaged"):
        read_data(own, cache / "train.h5", cache / "valid.h5", None)
    assert not folder.exists()


def test_an_encoder_that_does_not_know_the_words_is_refused(
    run: RunSettings, cache: Path, tmp_path: Path
) -> None:
    strange = tmp_path / "strange"
    strange.mkdir()
    for name in ("config.json", "model.safetensors"):
        shutil.copy(Path(MINILM) / name, strange)
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "слово", "##а"]
    (strange / "vocab.txt").write_text("\n".join(words))
    with pytest.raises(EvenfuseError, match=r"strange' does not know 100% of the words"):
        read_data(run, cache / "train.h5", cache / "valid.h5", str(strange))


@pytest.mark.parametrize("place", ["--output", "--checkpoints"])
def test_folders_that_cannot_be_written_to_are_found_before_training(
    train: Train, run: RunSettings, encoder: Path, read_only: Path, place: str
) -> None:
    with pytest.MonkeyPatch.context() as patch, pytest.raises(EvenfuseError) as caught:
        patch.setattr("evenfuse.commands.train.read_data", interrupted)
        train(run, encoder, place, read_only)
    assert f"nothing can be written to the folder {read_only}/seed-1" in str(caught.value)


def test_an_encoder_without_weights_ends_before_training(
    train: Train, encoder: Path, tmp_path: Path
) -> None:
    config = json.loads((encoder / "config.json").read_text())
    del config["weights"]  # nothing says that they shall be random
    (encoder / "config.json").write_text(json.dumps(config))
    (encoder / "SHA256SUMS").unlink()
    run = run_settings(modalities=["text"], text_encoder=str(encoder))
    with pytest.raises(EvenfuseError, match="has no weights"):
        train(run, encoder)
    assert newest_epoch(tmp_path / "checkpoints/seed-1") is None
