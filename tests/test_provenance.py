"""The digest that re-runs a rule: when its code changes, and only then."""

import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from evenfuse import provenance

PACKAGE = Path(provenance.__file__).parent
ALIGN = "evenfuse.commands.align"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to be edited."""
    return shutil.copytree(PACKAGE, tmp_path / "evenfuse")


def digest(package: Path, *modules: str) -> str:
    """The digest that a new process finds, with the copy in place of the package."""
    code = f"from evenfuse.provenance import code_digest; print(code_digest(*{modules!r}))"
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def append(file: Path, text: str) -> None:
    assert file.is_file()
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def test_of_the_same_code_it_is_the_same(package: Path) -> None:
    assert digest(package, ALIGN) == provenance.code_digest(ALIGN)
    assert len(digest(package, ALIGN)) == 16


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("commands/align.py", id="the module itself"),
        pytest.param("downloads/sdk.py", id="from package import module"),
        pytest.param("alignment/segments.py", id="from module import function"),
        pytest.param("alignment/intervals.py", id="two imports away"),
        pytest.param("errors.py", id="imported by all"),
    ],
)
def test_it_changes_with_what_is_imported(package: Path, file: str) -> None:
    append(package / file, "\nADDED = 1\n")
    assert digest(package, ALIGN) != provenance.code_digest(ALIGN)


def test_it_changes_with_a_package_that_something_is_imported_from(package: Path) -> None:
    module = "evenfuse.commands.score_references"
    append(package / "metrics/__init__.py", "\nADDED = 1\n")
    assert digest(package, module) != provenance.code_digest(module)


def test_a_changed_number_counts(package: Path) -> None:
    file = package / "alignment/intervals.py"
    code = file.read_text(encoding="utf-8")
    assert "EPSILON = 1e-3\n" in code
    file.write_text(code.replace("EPSILON = 1e-3\n", "EPSILON = 2e-3\n"), encoding="utf-8")
    assert digest(package, ALIGN) != provenance.code_digest(ALIGN)


def test_comments_and_layout_do_not_count(package: Path) -> None:
    for name in ("cache/splits.py", "alignment/intervals.py"):
        file = package / name
        code = file.read_text(encoding="utf-8")
        remarked = code.replace("\n    return ", "\n\n    # a remark\n    return  ")
        assert remarked != code
        file.write_text(f"# a remark\n\n{remarked}\n\n# another\n", encoding="utf-8")
    assert digest(package, ALIGN) == provenance.code_digest(ALIGN)


def test_a_model_counts_only_where_it_is_named(package: Path) -> None:
    append(package / "models/awf.py", "\nADDED = 1\n")
    assert digest(package, ALIGN) == provenance.code_digest(ALIGN)
    named = (ALIGN, "evenfuse.models.awf")
    assert digest(package, *named) != provenance.code_digest(*named)


def test_the_set_of_modules_counts_and_not_their_order() -> None:
    one, two = "evenfuse.models.awf", "evenfuse.commands.fetch"
    assert provenance.code_digest(one, two) == provenance.code_digest(two, one, two)
    assert len({provenance.code_digest(*m) for m in [(one,), (two,), (one, two)]}) == 3


def test_versions_are_those_installed() -> None:
    assert provenance.versions("numpy", "h5py") == {n: version(n) for n in ("numpy", "h5py")}


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
