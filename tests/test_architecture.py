"""The house rules that a machine can check."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize(
    "check",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["mypy"],
        ["lint-imports"],
        ["snakefmt", "--check", "Snakefile", "workflow"],
    ],
    ids=lambda check: check[0] + " " + check[1] if len(check) > 1 else check[0],
)
def test_linters_pass(check: list[str]) -> None:
    result = subprocess.run(
        [str(BIN / check[0]), *check[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_help_needs_nothing_heavy() -> None:
    code = (
        "import sys; from evenfuse.__main__ import cli; "
        "cli(['--help'], standalone_mode=False); "
        "print(*{'torch', 'transformers', 'pandas', 'numpy', 'h5py'} & set(sys.modules))"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines()[-1] == ""


@pytest.mark.parametrize(
    "command",
    [
        *("generate", "fake", "fetch", "data", "align", "cache"),
        *("vocabulary", "score_references", "compare", "tabulate", "plot"),
        *("pack", "unpack"),
    ],
)
def test_commands_without_training_do_not_import_torch(command: str) -> None:
    code = f"import sys, evenfuse.commands.{command}; sys.exit('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], check=False)
    assert result.returncode == 0


FILES = sorted(ROOT.glob("src/**/*.py"))


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > 300} == {}


def test_most_files_are_as_short_as_contributors_are_asked_for() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in FILES)
    assert lengths[len(lengths) * 9 // 10] <= 150


def test_no_function_is_longer_than_40_lines() -> None:
    lengths = {
        f"{path.name}: {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > 40} == {}


# called by the libraries whose classes ours extend
CALLED_FROM_OUTSIDE = {"list_commands", "get_command", "format_commands", "find_class", "convert"}
PLAIN_DECORATORS = {
    *("abstractmethod", "cache", "cached_property", "classmethod"),
    *("contextmanager", "dataclass", "property", "staticmethod"),
}


def definitions(path: Path) -> Iterator[str]:
    """The functions, classes, methods and constants of a file, but for what decorators register."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            decorators = {ast.unparse(each).split("(")[0] for each in node.decorator_list}
            if decorators <= PLAIN_DECORATORS and not node.name.startswith("__"):
                yield node.name
        elif isinstance(node, ast.Module):
            assigned = (each for each in node.body if isinstance(each, ast.Assign))
            names = (target for each in assigned for target in each.targets)
            yield from (name.id for name in names if isinstance(name, ast.Name))


def test_nothing_is_defined_that_nothing_uses() -> None:
    workflow = [path for path in ROOT.glob("workflow/**/*") if path.is_file()]
    texts = "\n".join(path.read_text() for path in (*FILES, *workflow, ROOT / "Snakefile"))
    words = Counter(re.findall(r"\w+", texts))
    defined = Counter(name for path in FILES for name in definitions(path))
    unused = {name for name, times in defined.items() if words[name] <= times}
    assert unused - CALLED_FROM_OUTSIDE == set()


def test_no_script_hides_a_standard_module() -> None:
    """A script's folder comes first on its path, so benchmarks/random.py would replace `random`."""
    scripts = {path.stem for path in (ROOT / "benchmarks").glob("*.py")}
    assert len(scripts) > 5
    assert not scripts & sys.stdlib_module_names
