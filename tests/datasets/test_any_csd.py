"""Whatever .csd files hold: caches, or one sentence that says where."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from tests.datasets import any_csd
from tests.datasets.any_input import damaged, outcome, sentence_of

ROLES = ("words", "labels", "audio")
FOLDS = {"train": ["a"], "valid": ["b"], "test": ["c"]}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files that can be aligned."""
    folder = tmp_path_factory.mktemp("whole")
    for role in ROLES:
        any_csd.write(folder / f"{role}.csd", role)
    (folder / "folds.json").write_text(json.dumps(FOLDS))
    return folder


def refusal(whole: Path, role: str, write: Callable[[Path], object]) -> str | None:
    """Align after one of the files was replaced."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        (folder / f"{role}.csd").unlink()
        write(folder / f"{role}.csd")
        sources = [f"{each}={folder / each}.csd" for each in ROLES]
        told = sentence_of(folder / "cache", "align", *sources, "--folds", folder / "folds.json")
        assert told is None or name in told or "video '" in told or "has no segments left" in told
        return told


def test_whole_files_are_aligned(whole: Path) -> None:
    for role in ROLES:
        assert refusal(whole, role, lambda path: any_csd.write(path, path.stem)) is None


@given(data=st.data(), role=st.sampled_from(ROLES))
def test_any_csd_file_is_aligned_or_told(whole: Path, data: st.DataObject, role: str) -> None:
    event(outcome(refusal(whole, role, lambda path: any_csd.write(path, role, data.draw))))


@given(data=st.data(), role=st.sampled_from(ROLES))
def test_a_damaged_csd_file_is_aligned_or_told(whole: Path, data: st.DataObject, role: str) -> None:
    content = data.draw(damaged((whole / f"{role}.csd").read_bytes()))
    event(outcome(refusal(whole, role, lambda path: path.write_bytes(content))))
