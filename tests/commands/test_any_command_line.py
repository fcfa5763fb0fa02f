"""No command line ends in a traceback, whatever it holds and whatever happens to it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evenfuse.__main__ import main
from tests.commands.lines import lines, places

ALLOWED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
EVENFUSE = [sys.executable, "-m", "evenfuse"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def paths(
    tmp_path_factory: pytest.TempPathFactory, generated: Path, cache: Path
) -> Iterator[list[str]]:
    """Paths of all kinds; what is written without a folder goes below them."""
    before, folder = Path.cwd(), tmp_path_factory.mktemp("paths")
    os.chdir(folder)
    good = [*generated.iterdir(), *cache.iterdir(), ROOT / "config/paper.yaml"]
    # copies: a command may write to any of them
    yield places(folder, [Path(shutil.copy(path, folder)) for path in good])
    os.chdir(before)


@given(data=st.data())
@settings(suppress_health_check=ALLOWED)
def test_no_command_line_ends_in_a_traceback(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, data: st.DataObject
) -> None:
    line = data.draw(lines(paths))
    with monkeypatch.context() as patched, pytest.raises(SystemExit) as caught:
        patched.setattr("sys.argv", ["evenfuse", *line])
        main()
    code = caught.value.code
    if isinstance(code, str):
        assert code.startswith("evenfuse: ")
        assert "\n" not in code
    else:
        assert code in (None, 0, 1, 2)


def said(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What a line of a shell does, in which `$E` is our command."""
    environment = {**os.environ, "E": " ".join(EVENFUSE)}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_nobody_reads_on() -> None:
    result = said("for i in 1 2 3; do $E schema; done | head -1; $E --help | true", ROOT)
    assert (result.returncode, result.stdout, result.stderr) == (0, "{\n", "")


def test_standard_output_is_closed_or_full(tmp_path: Path) -> None:
    closed = said("$E runs >&-", tmp_path)
    assert (closed.returncode, closed.stderr) == (0, "")
    full = said("$E schema > /dev/full", tmp_path)
    assert (full.returncode, full.stderr) == (1, "evenfuse: [Errno 28] No space left on device\n")


def test_a_terminal_of_few_characters(tmp_path: Path) -> None:
    result = said("PYTHONIOENCODING=ascii $E show é", tmp_path)
    assert result.returncode == 1
    assert "Traceback" not in result.stderr


def test_an_argument_that_is_not_text(tmp_path: Path) -> None:
    result = said("$E show $'\\xff'", tmp_path)
    assert result.returncode == 1
    told = "evenfuse: the argument '\\udcff' is not text in UTF-8: rename it\n"
    assert result.stderr == told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("fake mosi --format mmsa --size 9 --output file/x", "file"),
        ("generate --output file", "file"),
        ("generate --output /proc/none", "/proc/none"),
        ("schema --none", "No such option"),
        ("train --settings '{' --seed 1", "it is no JSON"),
        ("train --settings '{}' --seed 1 --seed 1", "1 is given 2 times"),
        ("train --settings '{}' --seed -1", "-1 is not in the range"),
        ("evaluate a --test t --output o --threads 0", "0 is not in the range"),
        ("align words=a words=b --output o", "words is given 2 times"),
        ("cache f --format manifest --published train=² --output o", "²"),
        (f"generate --videos {'9' * 5000} --output o", "videos"),
        ("choose r --grid '{}' --output o", "it is JSON, but not a list"),
        ("tabulate words=f --table '{\"kind\": 1}' --titles '{}' --output o", "kind of table '1'"),
    ],
)
def test_a_wrong_argument_is_named(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "file").write_text("mine")
    result = said(f"$E {line}", tmp_path)
    assert result.returncode in (1, 2)
    assert "Traceback" not in result.stderr
    assert told in result.stderr.splitlines()[-1]
    assert [path.name for path in tmp_path.rglob("*")] == ["file"]
    assert (tmp_path / "file").read_text() == "mine"


def test_files_of_a_need_are_asked_for(tmp_path: Path) -> None:
    titles = '{"datasets": {}, "optimizers": {}, "variants": {}, "comparisons": [],'
    titles += ' "published_datasets": {}, "published_variants": {}}'
    table = '{"kind": "scores", "title": "t"}'
    line = f"$E tabulate words=f --table '{table}' --titles '{titles}' --output o"
    told = "evenfuse: no files of 'results' are given: add results=FILE, once for each\n"
    assert said(line, tmp_path).stderr == told


def imports(running: subprocess.Popen[str], folder: Path) -> bool:
    return "numpy" in Path(f"/proc/{running.pid}/maps").read_text()


def writes(running: subprocess.Popen[str], folder: Path) -> bool:
    return any(folder.iterdir())


@pytest.mark.parametrize(
    ("busy", "later"), [(imports, 0), *((writes, later) for later in (0, 0.05, 0.1, 0.15, 0.2))]
)
def test_ctrl_c_ends_with_130_and_without_a_traceback(
    tmp_path: Path, busy: Callable[[subprocess.Popen[str], Path], bool], later: float
) -> None:
    command = [*EVENFUSE, "generate", "--videos", "400", "--output", str(tmp_path / "made")]
    with subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        text=True,
        # tests that a shell started in the background ignore it, and so would what they start
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as running:
        while not busy(running, tmp_path):
            time.sleep(0.01)
            assert running.poll() is None
        time.sleep(later)
        running.send_signal(signal.SIGINT)
        try:
            _, stderr = running.communicate(timeout=60)
        finally:
            running.kill()
    assert running.returncode == 130
    assert "Traceback" not in stderr
    assert list(tmp_path.rglob("*.part")) == []
