"""Versions and commit: where a result comes from."""

import subprocess
from importlib.metadata import version
from pathlib import Path

import pytest

import evenfuse
from evenfuse import provenance


def test_versions_are_those_installed() -> None:
    assert provenance.versions("numpy", "h5py") == {n: version(n) for n in ("numpy", "h5py")}


def test_a_package_that_pip_did_not_install_is_no_reason_to_end() -> None:
    told = provenance.versions("evenfuse", "none-of-this-name")
    assert told == {"evenfuse": evenfuse.__version__, "none-of-this-name": "unknown"}


def test_commit_of_a_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert provenance.git_commit(tmp_path) is None
    git = ["git", "-C", str(tmp_path), "-c", "user.name=n", "-c", "user.email=e@localhost"]
    (tmp_path / "file").write_text("one")
    for arguments in (["init", "-q"], ["add", "file"], ["commit", "-q", "-m", "one"]):
        subprocess.run([*git, *arguments], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
    assert provenance.git_commit(tmp_path) == head.stdout.strip()
    (tmp_path / "file").write_text("two")
    assert provenance.git_commit(tmp_path) == f"{head.stdout.strip()}-dirty"
