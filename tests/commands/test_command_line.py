"""The command line: help that teaches, one sentence when something is wrong."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from evenfuse import commands
from evenfuse.__main__ import COMMANDS, cli


def evenfuse(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "evenfuse", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_every_module_is_a_command() -> None:
    files = {file.stem for folder in commands.__path__ for file in Path(folder).glob("[a-z]*.py")}
    shared = {"options", "overlays", "fetching_ahead"}
    assert {name.replace("_", "-") for name in files - shared} == set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option(command: str) -> None:
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    module = cli.get_command(None, command)  # type: ignore[arg-type]
    assert module is not None
    assert len((module.help or "").split()) >= 8
    options = [p for p in module.params if p.param_type_name == "option"]
    assert [o.name for o in options if not getattr(o, "help", None) and o.name != "seed"] == []


def test_a_mistake_ends_in_one_sentence(tmp_path: Path) -> None:
    result = evenfuse(
        "align", "words=w.csd", "labels=l.csd", "--sdk-folds", "CMU_MOSY", "--output", str(tmp_path)
    )
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "evenfuse: the SDK has no dataset 'CMU_MOSY'; did you mean 'CMU_MOSI'?"
    )


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    result = evenfuse(
        "align",
        "labels=none.csd",
        "words=none.csd",
        "--sdk-folds",
        "CMU_MOSI",
        "--output",
        str(tmp_path),
    )
    assert result.returncode == 1
    assert result.stderr.strip() == "evenfuse: there is no file none.csd"
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_answered() -> None:
    result = evenfuse("trian")
    assert result.returncode != 0
    assert "No such command 'trian'" in result.stderr
