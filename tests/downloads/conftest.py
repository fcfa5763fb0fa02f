"""What the tests of downloads share: a server, somewhere to download to, little patience."""

import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from huggingface_hub import constants

from tests.downloads.data_hub import Hub
from tests.downloads.in_parts import PARTS, WHOLE, ask_at
from tests.downloads.server import Server, running, serving


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server of 400 kB of noise."""
    with serving(np.random.default_rng(0).bytes(400_000)) as running:
        yield running


@pytest.fixture
def closed() -> str:
    """An address where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/file.bin"


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "raw" / "file.bin"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "downloads" / "corpus"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A hub with a file in parts, listed in another order, and a small one."""
    files = {name: PARTS[name] for name in sorted(PARTS)}
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with running(Hub({**files, "README.md": b"terms", "other_name.pkl": WHOLE})) as hub:
        ask_at(hub.endpoint, monkeypatch)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield hub


@pytest.fixture
def filled_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every disk has room when it is looked at; others fill it while a download runs."""
    usage = SimpleNamespace(free=10**9)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
