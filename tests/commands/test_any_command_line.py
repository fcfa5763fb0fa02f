"""No command line ends in a traceback, whatever it holds."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenfuse.__main__ import main
from tests.commands.lines import lines, places


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """Paths of all kinds; what is written without a folder goes below them."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("paths")
    os.chdir(folder)
    yield places(folder)
    os.chdir(before)


def exit_code(monkeypatch: pytest.MonkeyPatch, line: list[str]) -> int:
    """Run a command line in this process; anything but an exit is raised."""
    with monkeypatch.context() as patched, pytest.raises(SystemExit) as caught:
        patched.setattr("sys.argv", ["evenfuse", *line])
        main()
    code = caught.value.code
    if isinstance(code, str):
        assert code.startswith("evenfuse: ")
        assert "\n" not in code
        return 1
    return code or 0


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_command_line_ends_in_a_traceback(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    assert exit_code(monkeypatch, data.draw(lines(paths))) in (0, 1, 2)
