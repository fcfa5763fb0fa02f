"""Downloads of several processes: at once, and one after another was killed."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.downloads.server import Server


def start(target: Path, store: Path, address: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "evenfuse", "fetch", str(target)]
    options = ["--store", str(store), "--address", address]
    return subprocess.Popen([*command, *options], stderr=subprocess.PIPE, text=True)


def finish(process: subprocess.Popen[str]) -> str:
    _, printed = process.communicate(timeout=60)
    assert process.returncode == 0, printed
    return printed


def test_two_that_ask_at_once_download_once(server: Server, tmp_path: Path, store: Path) -> None:
    server.usual = "slow"
    targets = [tmp_path / name / "file.bin" for name in ("one", "two")]
    processes = [start(target, store, server.address("a")) for target in targets]
    for process in processes:
        finish(process)
    assert server.asked == ["a"]
    assert [target.read_bytes() for target in targets] == [server.content] * 2


def test_a_killed_download_is_continued(server: Server, target: Path, store: Path) -> None:
    server.moods = ["slow"]
    partial = store / "file.bin.part"
    process = start(target, store, server.address("a"))
    deadline = time.monotonic() + 60
    while not partial.exists() or partial.stat().st_size < 50_000:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    arrived = partial.stat().st_size
    assert 0 < arrived < len(server.content)
    assert not target.exists()
    bar = finish(start(target, store, server.address("a")))
    assert "file.bin: 100%" in bar
    assert server.ranges == [None, f"bytes={arrived}-"]
    assert target.read_bytes() == server.content
