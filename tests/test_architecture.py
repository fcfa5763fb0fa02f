"""The house rules that a machine can check."""

import subprocess
import sys
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
def test_checker_is_content(check: list[str]) -> None:
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
        *("vocabulary", "score_references", "tabulate", "plot"),
    ],
)
def test_commands_without_training_do_not_import_torch(command: str) -> None:
    code = f"import sys, evenfuse.commands.{command}; sys.exit('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], check=False)
    assert result.returncode == 0


def test_files_and_functions_stay_small() -> None:
    long = [f for f in ROOT.glob("src/**/*.py") if len(f.read_text().splitlines()) > 300]
    assert long == []
