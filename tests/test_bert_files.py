"""The digest of a BERT folder: of its content, cheap where nothing has changed."""

import os
import shutil
from pathlib import Path

import pytest

from evenfuse import bert_files
from evenfuse.bert_files import bert_digest, has_weights, remembered_digest
from evenfuse.errors import EvenfuseError

CONTENT = {
    "config.json": "{}",
    "tokenizer.json": "{ }",
    "vocab.txt": "[PAD]",
    "model.safetensors": "weights",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "bert"
    folder.mkdir()
    for name, text in CONTENT.items():
        (folder / name).write_text(text)
    return folder


@pytest.fixture
def memory(tmp_path: Path) -> Path:
    return tmp_path / "memory.json"


@pytest.mark.parametrize("name", CONTENT)
def test_every_file_that_a_bert_is_loaded_from_counts(folder: Path, name: str) -> None:
    before = bert_digest(folder)
    (folder / name).write_text("other")
    after = bert_digest(folder)
    (folder / name).unlink()
    assert len({before, after, bert_digest(folder)}) == 3


def test_nothing_else_counts(folder: Path, tmp_path: Path) -> None:
    before = bert_digest(folder)
    (folder / "README.md").write_text("about it")
    (folder / "onnx").mkdir()
    assert bert_digest(folder) == before
    assert bert_digest(Path(shutil.copytree(folder, tmp_path / "elsewhere"))) == before


def test_what_looks_the_same_is_not_read_again(
    folder: Path, memory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = remembered_digest(folder, memory)
    assert digest == bert_digest(folder)
    monkeypatch.setattr(bert_files, "bert_digest", None)
    assert remembered_digest(folder, memory) == digest


def test_new_content_of_the_same_size_and_time_is_seen(folder: Path, memory: Path) -> None:
    """As `rsync --times` or an archive leaves it."""
    before = remembered_digest(folder, memory)
    file = folder / "model.safetensors"
    seen = file.stat()
    file.write_text("weightS")
    os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert remembered_digest(folder, memory) == bert_digest(folder) != before


@pytest.mark.parametrize("content", ["", "[1]", "7", '{"a": ', "\x00"])
def test_a_memory_that_is_damaged_is_made_again(folder: Path, memory: Path, content: str) -> None:
    memory.write_text(content)
    digest = remembered_digest(folder, memory)
    assert digest == bert_digest(folder)
    assert digest in memory.read_text()


def test_a_memory_that_cannot_be_written_does_not_matter(folder: Path, memory: Path) -> None:
    memory.write_text("a file in place of a folder")
    assert remembered_digest(folder, memory / "memory.json") == bert_digest(folder)


def test_a_file_that_cannot_be_read_is_told(folder: Path, memory: Path) -> None:
    (folder / "vocab.txt").unlink()
    (folder / "vocab.txt").symlink_to("/proc/self/mem")
    with pytest.raises(EvenfuseError, match=r"vocab\.txt cannot be read"):
        remembered_digest(folder, memory)


def test_weights_are_seen(folder: Path) -> None:
    assert has_weights(folder)
    (folder / "model.safetensors").unlink()
    assert not has_weights(folder)
    (folder / "pytorch_model.bin").touch()
    assert has_weights(folder)
