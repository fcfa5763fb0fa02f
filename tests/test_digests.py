"""The digest that re-runs a rule: when code changes that can change a number, and only then."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from evenfuse import digests
from tests.edits import HARMFUL, HARMLESS, Edit, apply

PACKAGE = Path(digests.__file__).parent
ALIGN = "evenfuse.commands.align"


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A copy of the package, to be edited."""
    return shutil.copytree(PACKAGE, tmp_path / "evenfuse")


def digest(package: Path, *modules: str) -> str:
    """The digest that a new process finds, with the copy in place of the package."""
    code = f"from evenfuse.digests import code_digest; print(code_digest(*{modules!r}))"
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return result.stdout.strip()


def append(file: Path, text: str) -> None:
    assert file.is_file()
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)


def test_of_the_same_code_it_is_the_same(package: Path) -> None:
    assert digest(package, ALIGN) == digests.code_digest(ALIGN)
    assert len(digest(package, ALIGN)) == 16


@pytest.mark.parametrize(
    "file",
    [
        pytest.param("commands/align.py", id="the module itself"),
        pytest.param("sdk.py", id="from package import module"),
        pytest.param("alignment/segments.py", id="from module import function"),
        pytest.param("alignment/intervals.py", id="two imports away"),
        pytest.param("files.py", id="imported by all"),
    ],
)
def test_it_changes_with_what_is_imported(package: Path, file: str) -> None:
    append(package / file, "\nADDED = 1\n")
    assert digest(package, ALIGN) != digests.code_digest(ALIGN)


def test_it_changes_with_a_package_that_something_is_imported_from(package: Path) -> None:
    module = "evenfuse.commands.score_references"
    append(package / "metrics/__init__.py", "\nADDED = 1\n")
    assert digest(package, module) != digests.code_digest(module)


def test_a_changed_number_counts(package: Path) -> None:
    file = package / "alignment/intervals.py"
    code = file.read_text(encoding="utf-8")
    assert "EPSILON = 1e-3\n" in code
    file.write_text(code.replace("EPSILON = 1e-3\n", "EPSILON = 2e-3\n"), encoding="utf-8")
    assert digest(package, ALIGN) != digests.code_digest(ALIGN)


def test_comments_and_layout_do_not_count(package: Path) -> None:
    for name in ("cache/splits.py", "alignment/intervals.py"):
        file = package / name
        code = file.read_text(encoding="utf-8")
        remarked = code.replace("\n    return ", "\n\n    # a remark\n    return  ")
        assert remarked != code
        file.write_text(f"# a remark\n\n{remarked}\n\n# another\n", encoding="utf-8")
    assert digest(package, ALIGN) == digests.code_digest(ALIGN)


def test_a_model_counts_only_where_it_is_named(package: Path) -> None:
    append(package / "models/awf.py", "\nADDED = 1\n")
    assert digest(package, ALIGN) == digests.code_digest(ALIGN)
    named = (ALIGN, "evenfuse.models.awf")
    assert digest(package, *named) != digests.code_digest(*named)


def test_the_set_of_modules_counts_and_not_their_order() -> None:
    one, two = "evenfuse.models.awf", "evenfuse.commands.fetch"
    assert digests.code_digest(one, two) == digests.code_digest(two, one, two)
    assert len({digests.code_digest(*m) for m in [(one,), (two,), (one, two)]}) == 3


PARTS = ("models.awf", "balancers.b_fusion", "metrics.sentiment")
TRAINING = (digests.TRAINING, *(f"evenfuse.{part}" for part in PARTS))


@pytest.mark.parametrize("edit", HARMLESS, ids=lambda edit: edit.kind)
def test_what_changes_no_number_of_a_run_does_not_count(package: Path, edit: Edit) -> None:
    apply(package, edit)
    assert digest(package, *TRAINING) == digests.code_digest(*TRAINING)


@pytest.mark.parametrize("edit", HARMFUL, ids=lambda edit: edit.kind)
def test_what_changes_a_number_of_a_run_counts(package: Path, edit: Edit) -> None:
    apply(package, edit)
    assert digest(package, *TRAINING) != digests.code_digest(*TRAINING)


def test_code_of_another_package_counts_with_what_it_imports_from_itself(tmp_path: Path) -> None:
    toy = tmp_path / "toy"
    toy.mkdir()
    (toy / "__init__.py").write_text("")
    (toy / "model.py").write_text("from . import rates\nfrom .parts import Part\n")
    for name in ("rates", "parts"):
        (toy / f"{name}.py").write_text("RATE = 1\n")
    shutil.copytree(PACKAGE, tmp_path / "evenfuse")
    found = [digest(tmp_path / "evenfuse", "toy.model")]
    for name in ("rates", "parts"):
        (toy / f"{name}.py").write_text("RATE = 2\n")
        found.append(digest(tmp_path / "evenfuse", "toy.model"))
    assert len(set(found)) == 3
