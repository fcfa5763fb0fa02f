"""What the tests of downloads share: a server, somewhere to download to, little patience."""

import socket
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.downloads.server import Server, serving


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
